// The lexer's side of parsing: see parse_tokens.hpp.
#include "syntax/parse_tokens.hpp"

#include <algorithm>
#include <utility>

#include "diag/utf8.hpp"
#include "syntax/limits.hpp"

namespace guard::syntax {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Bytes as characters. Everything past ASCII becomes one control character: the grammar tells no two of them apart, and
// the lexer caches its decisions for ASCII only.
class ByteStream final : public antlr4::CharStream {
 public:
  ByteStream(std::string_view text, size_t at) : text_(text), at_(at) {}
  void consume() override { ++at_; }
  size_t LA(ssize_t i) override {
    if (i == 0) return 0;
    const size_t index = i > 0 ? at_ + static_cast<size_t>(i) - 1 : at_ - static_cast<size_t>(-i);
    if (index >= text_.size()) return EOF;
    const auto byte = static_cast<unsigned char>(text_[index]);
    return byte < 0x80 ? byte : 1;
  }
  ssize_t mark() override { return 0; }
  void release(ssize_t) override {}
  size_t index() override { return at_; }
  void seek(size_t index) override { at_ = index; }
  size_t size() override { return text_.size(); }
  std::string getSourceName() const override { return {}; }
  std::string getText(const antlr4::misc::Interval&) override { return {}; }
  std::string toString() const override { return {}; }

 private:
  std::string_view text_;
  size_t at_;
};

// The generated lexer, writing into vectors instead of allocating token objects.
class Collector final : public GuardLexer {
 public:
  Collector(ByteStream& bytes, const Reporter& source, Lexed& out) : GuardLexer(&bytes), source_(source), out_(out) {
    removeErrorListeners();
  }
  antlr4::Token* emit() override {
    const auto begin = static_cast<uint32_t>(tokenStartCharIndex);
    const auto end = static_cast<uint32_t>(getCharIndex());
    if (channel == HIDDEN) {
      add_comment(begin, end);
    } else {
      out_.tokens.push_back({begin, end, type});
      needs_mending_ |= type == UNEXPECTED || type == UNTERMINATED || type == SINGLE_QUOTED;
    }
    return nullptr;
  }
  antlr4::Token* emitEOF() override {
    const auto end = static_cast<uint32_t>(source_.text().size());
    out_.tokens.push_back({end, end, antlr4::Token::EOF});
    done_ = true;
    return nullptr;
  }
  bool run() {
    while (!done_) static_cast<void>(nextToken());
    return needs_mending_;
  }

 private:
  void add_comment(uint32_t begin, uint32_t end) {
    const std::string_view before = source_.text().substr(0, begin);
    const size_t last = before.find_last_not_of(" \t");
    const bool first_on_line = last == std::string_view::npos || before[last] == '\n' || before[last] == '\r';
    const bool after_mark = begin <= kByteOrderMark.size() && before == kByteOrderMark.substr(0, begin);
    std::string_view text = source_.text(begin, end);
    text = text.substr(0, text.find_last_not_of(" \t") + 1);
    out_.comments.push_back({std::string(text), source_.span(begin, end), first_on_line || after_mark});
  }

  const Reporter& source_;
  Lexed& out_;
  bool needs_mending_ = false;
  bool done_ = false;
};

// A character as a message shows it: itself where it can be seen, and its number.
std::string spell(char32_t code) {
  std::string out;
  if (code >= 0x21 && !(code >= 0x7F && code <= 0xA0) && !utf8::is_direction_control(code)) {
    utf8::append(out, code);
    out = "`" + out + "`";
    if (code < 0x80) return out;
    out += " ";
  }
  std::string digits;
  for (char32_t rest = code; rest > 0 || digits.size() < 4; rest >>= 4u) {
    digits.insert(digits.begin(), "0123456789ABCDEF"[rest & 15u]);
  }
  return out + "U+" + digits;
}

bool is_forbidden(char32_t code) {
  const bool control = code < 0x20 && code != '\t' && code != '\n' && code != '\r';
  return control || code == 0x7F || utf8::is_direction_control(code);
}

// Faults that matter in comments and strings too: bytes that are no UTF-8, control characters, direction controls.
void check_characters(Reporter& reporter, std::vector<uint32_t>& mistakes) {
  const std::string_view text = reporter.text();
  bool valid = true;
  for (size_t at = 0; at < text.size() && !reporter.full();) {
    const utf8::Decoded next = utf8::decode(text, at);
    const auto begin = static_cast<uint32_t>(at);
    at += next.bytes;
    if (!next.valid && valid) {
      valid = false;  // one wrong byte says that the whole file is in another encoding
      mistakes.push_back(begin);
      reporter.report(DiagId::InvalidUtf8, begin, begin + 1, "this byte is not UTF-8").help("save the file as UTF-8");
    } else if (next.valid && is_forbidden(next.code)) {
      mistakes.push_back(begin);
      reporter
          .report(DiagId::UnexpectedCharacter, begin, begin + next.bytes,
                  "the character " + spell(next.code) + " may not stand in a source file")
          .help("inside a string, write it as an escape");
    }
  }
}

struct Slip {  // what other languages write, and what this one wants
  std::string_view wrong;
  size_t right;  // 0: nothing stands for it
  std::string_view message;
};
constexpr Slip kSlips[] = {
    {"&&", GuardLexer::AND, "`&&` is written `and`"},
    {"&", GuardLexer::AND, "`&` is written `and`"},
    {"||", GuardLexer::OR, "`||` is written `or`"},
    {"|", GuardLexer::OR, "`|` is written `or`"},
    {"!", GuardLexer::NOT, "`!` is written `not`"},
    {"≥", GuardLexer::GE, "`≥` is written `>=`"},
    {"≤", GuardLexer::LE, "`≤` is written `<=`"},
    {"≠", GuardLexer::NE, "`≠` is written `!=`"},
    {";", 0, "nothing ends with `;`: a clause ends where the next one starts"},
};

class Mender {
 public:
  Mender(Reporter& reporter, std::vector<uint32_t>& mistakes) : reporter_(reporter), mistakes_(mistakes) {}

  std::vector<Lexeme> mend(const std::vector<Lexeme>& tokens) {
    for (size_t i = 0; i < tokens.size(); ++i) {
      const Lexeme& token = tokens[i];
      if (token.type != antlr4::Token::EOF && token.begin < skip_until_) continue;
      if (token.type == GuardLexer::UNEXPECTED) {
        size_t last = i;
        while (tokens[last + 1].type == GuardLexer::UNEXPECTED && tokens[last + 1].begin == tokens[last].end) ++last;
        unexpected({token.begin, tokens[last].end, token.type}, tokens[last + 1]);
        i = last;
      } else {
        out_.push_back(mend_string(token));
      }
    }
    return std::move(out_);
  }

 private:
  // For what leaves a hole in the text. Slips with an obvious meaning are mended without: the parser sees no
  // consequence.
  Diagnostic& report_hole(DiagId id, uint32_t begin, uint32_t end, std::string message) {
    mistakes_.push_back(begin);
    return reporter_.report(id, begin, end, std::move(message));
  }

  Lexeme mend_string(Lexeme token) {
    if (token.type == GuardLexer::UNTERMINATED) {
      report_hole(DiagId::UnterminatedString, token.begin, token.end, "this string is not closed on its line")
          .help("close it with `\"`; a line break is written `\\n`");
      token.type = GuardLexer::STRING;
    } else if (token.type == GuardLexer::SINGLE_QUOTED) {
      reporter_.report(DiagId::SyntaxError, token.begin, token.end,
                       "a string stands in double quotes, not single ones");
      token.type = GuardLexer::STRING;
    }
    return token;
  }

  // A run of characters that belong to no token, with the token behind it.
  void unexpected(Lexeme run, const Lexeme& next) {
    while (run.begin < run.end) {
      const std::string_view text = reporter_.text(run);
      const auto* slip =
          std::find_if(std::begin(kSlips), std::end(kSlips), [&](const Slip& s) { return text.starts_with(s.wrong); });
      if (slip != std::end(kSlips)) {
        const uint32_t end = run.begin + static_cast<uint32_t>(slip->wrong.size());
        reporter_.report(DiagId::SyntaxError, run.begin, end, std::string(slip->message));
        if (slip->right != 0) out_.push_back({run.begin, end, slip->right});
        run.begin = end;
      } else if (comment_like(run, next)) {
        return;
      } else {
        other(run);
        return;
      }
    }
  }

  // `# …` and `/* … */`: reported once and passed over.
  bool comment_like(const Lexeme& run, const Lexeme& next) {
    const std::string_view all = reporter_.text();
    const bool block = reporter_.text(run) == "/" && next.type == GuardLexer::STAR && next.begin == run.end;
    if (!block && all[run.begin] != '#') return false;
    reporter_.report(DiagId::SyntaxError, run.begin, run.begin + (block ? 2 : 1),
                     "a comment starts with `//` and ends with its line");
    const size_t end = block ? all.find("*/", run.begin + 2) : all.find_first_of("\r\n", run.begin);
    skip_until_ = end == std::string_view::npos ? static_cast<uint32_t>(all.size())
                                                : static_cast<uint32_t>(end) + (block ? 2 : 0);
    return true;
  }

  void other(const Lexeme& run) {
    const utf8::Decoded first = utf8::decode(reporter_.text(), run.begin);
    if (first.valid && !is_forbidden(first.code)) {  // else check_characters has told
      const uint32_t end = run.begin + first.bytes;
      const bool curly = first.code == 0x201C || first.code == 0x201D || first.code == 0x2018 || first.code == 0x2019;
      Diagnostic& diagnostic =
          report_hole(DiagId::UnexpectedCharacter, run.begin, end, "unexpected character " + spell(first.code));
      if (curly || first.code == '\'' || first.code == '`') {
        diagnostic.help("a string stands in straight double quotes: `\"…\"`");
      } else if (first.code == '/') {
        diagnostic.help("a pattern is written `/…/` and closed on its line");
      } else if (first.code >= 0x80) {
        diagnostic.help("names use the letters a to z, digits and `_`; other text stands in strings");
      }
    }
  }

  Reporter& reporter_;
  std::vector<uint32_t>& mistakes_;
  std::vector<Lexeme> out_;
  uint32_t skip_until_ = 0;
};

}  // namespace

bool Reporter::full() const { return reports_ >= limits::kReports; }

Diagnostic& Reporter::report(DiagId id, uint32_t begin, uint32_t end, std::string message) {
  if (full()) return dropped_ = {};
  ++reports_;
  Diagnostic& made = diagnostics_.report(id, span(begin, end), std::move(message));
  if (full()) made.help("further mistakes in this file are not shown");
  return made;
}

Lexed lex(Reporter& reporter) {
  Lexed out;
  check_characters(reporter, out.mistakes);
  const size_t start = reporter.text().starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  ByteStream bytes(reporter.text(), start);
  Collector collector(bytes, reporter, out);
  if (collector.run()) out.tokens = Mender(reporter, out.mistakes).mend(out.tokens);
  std::sort(out.mistakes.begin(), out.mistakes.end());
  return out;
}

void TokenWindow::open(size_t first) {
  first_ = first;
  at_ = 0;
  made_.clear();
}

size_t TokenWindow::clamp(size_t index) const { return std::min(index, tokens_.size() - 1 - first_); }

size_t TokenWindow::LA(ssize_t i) {
  if (i > 0) return tokens_[first_ + clamp(at_ + static_cast<size_t>(i) - 1)].type;
  const auto back = static_cast<size_t>(-i);
  return i == 0 || back > at_ ? antlr4::Token::INVALID_TYPE : tokens_[first_ + at_ - back].type;
}

antlr4::Token* TokenWindow::LT(ssize_t k) {
  if (k > 0) return get(at_ + static_cast<size_t>(k) - 1);
  const auto back = static_cast<size_t>(-k);
  return k == 0 || back > at_ ? nullptr : get(at_ - back);
}

antlr4::Token* TokenWindow::get(size_t index) const {
  index = clamp(index);
  while (made_.size() <= index) made_.emplace_back(tokens_[first_ + made_.size()], made_.size());
  return &made_[index];
}

}  // namespace guard::syntax
