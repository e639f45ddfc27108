// Syntax errors in human words: see parse_errors.hpp.
#include "syntax/parse_errors.hpp"

#include <algorithm>
#include <array>

#include "base/result.hpp"
#include "diag/utf8.hpp"

namespace guard::syntax {

namespace {

using antlr4::misc::IntervalSet;
using P = GuardParser;

constexpr size_t kShownText = 40;  // bytes of a token that a message quotes
constexpr size_t kShownWords = 5;  // alternatives that a message lists

const IntervalSet& first_of(const antlr4::Parser& parser, size_t rule) {
  const antlr4::atn::ATN& atn = parser.getATN();
  return atn.nextTokens(atn.ruleToStartState[rule]);
}

bool has(const IntervalSet& set, size_t type) { return set.contains(type); }
bool has_all(const IntervalSet& set, const IntervalSet& part) {
  return !part.isEmpty() && part.subtract(set).isEmpty();
}

// The word or symbol as it is written, or empty for tokens of many spellings.
std::string literal(const antlr4::Parser& parser, size_t type) {
  std::string name = parser.getVocabulary().getLiteralName(type);
  if (name.size() > 2 && name.front() == '\'') return name.substr(1, name.size() - 2);
  return {};
}

std::string kind_of(const antlr4::Parser& parser, size_t type) {
  switch (type) {
    case P::STRING:
      return "a string";
    case P::INT:
    case P::DECIMAL:
      return "a number";
    case P::DURATION:
      return "a duration such as `30m`";
    case P::TIMESTAMP:
      return "a timestamp such as `2026-12-31T18:00:00Z`";
    case P::DATE:
      return "a date such as `2026-12-31`";
    case P::TIME:
      return "a time such as `09:00`";
    case P::DAY:
      return "a day such as `mon`";
    case P::REGEX:
      return "a pattern `/…/`";
    case P::IDENT:
      return "a name";
    case antlr4::Token::EOF:
      return "the next item";
    default:
      return "`" + literal(parser, type) + "`";
  }
}

struct Phrase {
  size_t rule;
  std::string_view words;
};
// At most one of these is said: each holds all names, so the first that fits is the one that is meant.
constexpr Phrase kNounPhrases[] = {{P::RuleCondition, "a condition"},
                                   {P::RuleValue, "a value"},
                                   {P::RuleExpr, "an attribute or a constant"},
                                   {P::RuleOperand, "a name"}};
constexpr Phrase kPhrases[] = {{P::RulePredicate, "a comparison"},          {P::RuleTestStep, "`given` or `expect`"},
                               {P::RuleClause, "another clause"},           {P::RuleExceptionClause, "another clause"},
                               {P::RuleBreakGlassClause, "another clause"}, {P::RuleMark, "a mark"}};

// What could have stood here, readable: phrases for whole groups of tokens, then single words.
std::vector<std::string> alternatives(const SyntaxFailure& failure, const antlr4::Parser& parser) {
  IntervalSet rest = failure.expected;
  std::vector<std::string> out;
  const auto say = [&](std::string words) {
    if (std::find(out.begin(), out.end(), words) == out.end()) out.push_back(std::move(words));
  };
  const bool type_here = failure.rule == P::RuleType || failure.rule == P::RuleTypeName;
  for (const Phrase& phrase : kNounPhrases) {
    const IntervalSet& first = first_of(parser, phrase.rule);
    if (!has_all(failure.expected, first)) continue;
    say(type_here ? "a type" : std::string(phrase.words));
    rest = rest.subtract(first);
    break;
  }
  for (const Phrase& phrase : kPhrases) {
    const IntervalSet& first = first_of(parser, phrase.rule);
    if (!has_all(rest, first)) continue;
    say(std::string(phrase.words));
    rest = rest.subtract(first);
    if (phrase.rule != P::RulePredicate) continue;
    for (const size_t operation : {P::DOT, P::LBRACK, P::STAR, P::PLUS, P::MINUS}) rest.remove(operation);
  }
  if (has(rest, P::AND)) rest.remove(static_cast<size_t>(P::IMPLIES));
  if (!out.empty() || rest.size() > 1) rest.remove(antlr4::Token::EOF);
  std::vector<std::string> words;
  for (const ssize_t type : rest.toList()) words.push_back(kind_of(parser, static_cast<size_t>(type)));
  if (words.size() > kShownWords && !out.empty()) return out;
  words.resize(std::min(words.size(), kShownWords));
  for (std::string& word : words) say(std::move(word));
  return out;
}

std::string lower(std::string_view word) {
  std::string out(word);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

struct Synonym {
  std::string_view wrong;
  size_t right;
};
constexpr Synonym kSynonyms[] = {{"if", P::WHEN},         {"where", P::WHEN},    {"permit", P::ALLOW},
                                 {"forbid", P::DENY},     {"reject", P::DENY},   {"block", P::DENY},
                                 {"equals", P::EQ},       {"then", P::DENY},     {"needs", P::REQUIRE},
                                 {"message", P::BECAUSE}, {"reason", P::BECAUSE}};

bool is_word(const Lexeme& token, const Reporter& reporter) {
  const std::string_view text = reporter.text(token);
  if (text.empty()) return false;
  const char c = text.front();
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

// One failure being explained: where it is, and what the diagnostic says in the end.
class Explanation {
 public:
  Explanation(const SyntaxFailure& failure, const antlr4::Parser& parser, const std::vector<Lexeme>& tokens,
              size_t first, size_t at, Reporter& reporter)
      : failure_(failure), parser_(parser), tokens_(tokens), first_(first), at_(at), reporter_(reporter) {}

  std::optional<Repair> make() {
    const Lexeme& found = tokens_[at_];
    if (failure_.why == SyntaxFailure::Why::TooLong) {
      reporter_.report(DiagId::TooLong, tokens_[first_].begin, tokens_[first_].end, "this item has too many parts");
      return std::nullopt;
    }
    if (failure_.why == SyntaxFailure::Why::TooDeep) {
      reporter_.report(DiagId::TooDeep, found.begin, found.end, "this condition is nested too deeply")
          .help("name a part of it with `define`");
      return std::nullopt;
    }
    if (runs_into_number()) return std::nullopt;
    if (const std::optional<Repair> repair = known_mistake()) return repair;
    const std::vector<std::string> wanted = alternatives(failure_, parser_);
    const std::string what = describe(found, reporter_);
    Diagnostic& diagnostic = report(
        at_, wanted.empty() ? what + " cannot stand here" : "expected " + enumerated(wanted, "or") + ", found " + what);
    const std::optional<Repair> repair = hint(diagnostic);
    if (!repair) label_open_bracket(diagnostic);
    return repair;
  }

 private:
  [[nodiscard]] bool expects(size_t type) const { return has(failure_.expected, type); }
  [[nodiscard]] size_t type_before(size_t steps) const {
    return at_ >= first_ + steps ? tokens_[at_ - steps].type : antlr4::Token::INVALID_TYPE;
  }

  // `5min` is read as `5m` and `in`.
  bool runs_into_number() {
    const size_t before = type_before(1);
    const bool number = before == P::DURATION || before == P::INT || before == P::DECIMAL;
    if (!number || tokens_[at_ - 1].end != tokens_[at_].begin || !is_word(tokens_[at_], reporter_)) return false;
    const uint32_t begin = tokens_[at_ - 1].begin, end = tokens_[at_].end;
    reporter_
        .report(DiagId::SyntaxError, begin, end,
                "`" + std::string(reporter_.text(begin, end)) + "` is neither a number nor a duration")
        .help("durations are written like `90s`, `1h30m` or `7d`");
    return true;
  }

  Diagnostic& report(size_t token, std::string message) {
    return reporter_.report(DiagId::SyntaxError, tokens_[token].begin, tokens_[token].end, std::move(message));
  }

  // Mistakes with a message of their own.
  std::optional<Repair> known_mistake() {
    const size_t found = tokens_[at_].type;
    if (found == P::EQUALS && expects(P::EQ)) {
      report(at_, "`=` does not compare").help("to compare, write `==`; a single `=` gives a name to a value");
      return Repair{at_, P::EQ};
    }
    if (found == P::EQ && expects(P::EQUALS)) {
      report(at_, "`==` compares").help("to give a name to a value, write a single `=`");
      return Repair{at_, P::EQUALS};
    }
    if (expects(P::COLON) && type_before(1) == P::MISSING && type_before(2) == P::IF) {
      report(at_, "`if missing` needs a `:`").help("write `if missing: block`, `hold` or `ignore`");
      return Repair{at_, P::COLON, true};
    }
    if (expects(P::MISSING) && type_before(1) == P::IF) {
      report(at_ - 1, "a condition starts with `when`, not `if`");
      return Repair{at_ - 1, P::WHEN};
    }
    if (expects(P::PRESENT) && expects(P::EMPTY) && (type_before(1) == P::IS || type_before(2) == P::IS)) {
      report(at_, "`is` asks whether something is missing, present, stale, fresh or empty")
          .help(type_before(1) == P::IS ? "to compare, write `==`" : "to compare, write `!=`");
      return std::nullopt;
    }
    if (type_before(1) == P::IDENT && type_before(2) == P::EXPECT && expects(P::IS)) {
      const std::string near = nearest(reporter_.text(tokens_[at_ - 1]), {"allow", "deny", "hold", "error", "oblige"});
      if (near.empty()) return std::nullopt;
      report(at_ - 1, "expected an outcome, found " + describe(tokens_[at_ - 1], reporter_))
          .help("did you mean `" + near + "`?");
      const size_t type = near == "allow" ? P::ALLOW : near == "deny" ? P::DENY : near == "hold" ? P::HOLD : P::ERROR;
      return Repair{at_ - 1, near == "oblige" ? size_t{P::OBLIGE} : type};
    }
    return std::nullopt;
  }

  std::optional<Repair> hint(Diagnostic& diagnostic) {
    const size_t found = tokens_[at_].type;
    if (expects(P::COLON)) return Repair{at_, P::COLON, true};
    if (is_word(tokens_[at_], reporter_)) {
      if (const std::optional<Repair> repair = word_hint(diagnostic)) return repair;
    }
    if (found == P::UNLESS && !first_on_line()) {
      diagnostic.help("`unless` starts a clause of its own; inside a condition, write `and not`");
    } else if (found == P::STRING && expects(P::IDENT) && !expects(P::STRING)) {
      diagnostic.help("a name is written without quotes");
    } else if (found == P::LBRACK && type_before(1) == P::IN) {
      diagnostic.help("a set is written `{ \"a\", \"b\" }`");
    } else if (found == P::LBRACE && (type_before(1) == P::EQ || type_before(1) == P::NE)) {
      diagnostic.help("of a set, ask what is in it: `\"a\" in tags`, or whether it `is empty`");
    } else if (type_before(1) == P::HOLD && expects(P::UNTIL)) {
      diagnostic.help("a hold says what ends it, `hold until …`; its `when …` stands before that");
    } else {
      window_hint(diagnostic);
    }
    const bool in_list = expects(P::COMMA) && (expects(P::RBRACE) || expects(P::RBRACK) || expects(P::RPAREN));
    const bool next_part = has(first_of(parser_, P::RuleName), found) || has(first_of(parser_, P::RuleScalar), found);
    if (in_list && next_part) return Repair{at_, P::COMMA, true};
    return std::nullopt;
  }

  // How days and times are written.
  void window_hint(Diagnostic& diagnostic) {
    const size_t found = tokens_[at_].type;
    if (expects(P::TIME) && found == P::INT) {
      diagnostic.help("a time of day has two digits on both sides: `09:00`");
    } else if (expects(P::TO) && found == P::MINUS && type_before(1) == P::TIME) {
      diagnostic.help("write `to` between two times: `09:00 to 17:00`");
    } else if (expects(P::DOTDOT) && found == P::COMMA) {
      diagnostic.help("days are joined with `and`: `sat and sun`");
    } else if (found == P::TIME && type_before(1) == P::IDENT) {
      const std::string before = lower(reporter_.text(tokens_[at_ - 1]));
      for (const std::string_view day :
           {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}) {
        if (before == day) diagnostic.help("write `" + before.substr(0, 3) + "` for `" + before + "`");
      }
    }
  }

  [[nodiscard]] bool first_on_line() const {
    const std::string_view gap = at_ == 0 ? "\n" : reporter_.text(tokens_[at_ - 1].end, tokens_[at_].begin);
    return gap.find_first_of("\r\n") != std::string_view::npos;
  }

  std::optional<Repair> word_hint(Diagnostic& diagnostic) {
    const std::string text(reporter_.text(tokens_[at_]));
    std::vector<std::string> words;
    std::vector<size_t> types;
    const std::vector<ssize_t> expected = failure_.expected.toList();
    for (const ssize_t type : expected) {
      const std::string word = literal(parser_, static_cast<size_t>(type));
      if (word.empty() || word.front() < 'a' || word.front() > 'z') continue;
      words.push_back(word);
      types.push_back(static_cast<size_t>(type));
    }
    const auto type_of = [&](const std::string& word) {
      return types[static_cast<size_t>(std::find(words.begin(), words.end(), word) - words.begin())];
    };
    if (std::find(words.begin(), words.end(), lower(text)) != words.end()) {
      diagnostic.help("the words of the language are written in lower case: `" + lower(text) + "`");
      return Repair{at_, type_of(lower(text))};
    }
    for (const Synonym& synonym : kSynonyms) {
      if (synonym.wrong != lower(text) || !expects(synonym.right)) continue;
      diagnostic.help("write `" + literal(parser_, synonym.right) + "`");
      return Repair{at_, synonym.right};
    }
    if (expects(P::IDENT) && !expects(P::LPAREN) && tokens_[at_].type != P::IDENT && !first_on_line()) {
      diagnostic.help("`" + text + "` is a word of the language and cannot be a name");
      return std::nullopt;
    }
    const std::string near = tokens_[at_].type == P::IDENT ? nearest(text, words) : std::string{};
    if (near.empty()) return std::nullopt;
    diagnostic.help("did you mean `" + near + "`?");
    return Repair{at_, type_of(near)};
  }

  // When a closing bracket could have stood here, shows the bracket that it would close.
  void label_open_bracket(Diagnostic& diagnostic) {
    std::vector<size_t> open;
    for (size_t i = first_; i < at_; ++i) {
      const size_t type = tokens_[i].type;
      if (type == P::LBRACE || type == P::LPAREN || type == P::LBRACK) open.push_back(i);
      if ((type == P::RBRACE || type == P::RPAREN || type == P::RBRACK) && !open.empty()) open.pop_back();
    }
    if (open.empty()) return;
    const Lexeme& bracket = tokens_[open.back()];
    const size_t closing = bracket.type == P::LBRACE ? P::RBRACE : bracket.type == P::LPAREN ? P::RPAREN : P::RBRACK;
    if (expects(closing)) diagnostic.label(reporter_.span(bracket.begin, bracket.end), "opened here");
  }

  const SyntaxFailure& failure_;
  const antlr4::Parser& parser_;
  const std::vector<Lexeme>& tokens_;
  size_t first_, at_;
  Reporter& reporter_;
};

}  // namespace

void Watch::start(bool precise) {
  precise_ = precise;
  noted_.clear();
  failure_ = {};
}

void Watch::note(antlr4::Parser& parser) {
  const size_t at = parser.getTokenStream()->index();
  if (at != noted_at_) noted_.clear();
  noted_at_ = at;
  noted_.emplace_back(parser.getState(), parser.getContext());
}

void Watch::sync(antlr4::Parser* parser) {
  if (precise_) note(*parser);
}

void Watch::fail(antlr4::Parser& parser, size_t token) {
  failure_.token = token;
  if (!precise_ || token != noted_at_) return;
  for (const auto& [state, context] : noted_) {
    failure_.expected.addAll(parser.getATN().getExpectedTokens(state, context));
  }
  if (parser.getContext() != nullptr) failure_.rule = parser.getContext()->getRuleIndex();
}

void Watch::fail_behind(antlr4::Parser& parser, size_t token) { fail(parser, token); }

void Watch::recover(antlr4::Parser* parser, std::exception_ptr error) {
  size_t token = parser->getTokenStream()->index();
  try {
    std::rethrow_exception(error);
  } catch (const antlr4::RecognitionException& e) {
    if (e.getOffendingToken() != nullptr) token = e.getOffendingToken()->getTokenIndex();
  }
  fail(*parser, token);
  throw Stopped{};
}

antlr4::Token* Watch::recoverInline(antlr4::Parser* parser) {
  if (precise_) note(*parser);
  fail(*parser, parser->getTokenStream()->index());
  throw Stopped{};
}

void Watch::stop(antlr4::Parser& parser, SyntaxFailure::Why why) {
  failure_.token = parser.getTokenStream()->index();
  failure_.why = why;
  throw Stopped{};
}

std::optional<Repair> explain(const SyntaxFailure& failure, const antlr4::Parser& parser,
                              const std::vector<Lexeme>& tokens, size_t first, size_t at, Reporter& reporter) {
  return Explanation(failure, parser, tokens, first, at, reporter).make();
}

const IntervalSet& item_start(const antlr4::Parser& parser) { return first_of(parser, P::RuleItem); }

std::string describe(const Lexeme& token, const Reporter& reporter) {
  if (token.type == antlr4::Token::EOF) return "the end of the file";
  std::string_view text = reporter.text(token);
  const bool cut = text.size() > kShownText;
  if (cut) {
    size_t end = kShownText;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0u) == 0x80u) --end;
    text = text.substr(0, end);
  }
  const std::string shown = "`" + utf8::printable(text) + (cut ? "…`" : "`");
  return token.type == P::STRING ? "the string " + shown : shown;
}

void explain_no_item(const antlr4::Parser& parser, const Lexeme& token, Reporter& reporter) {
  Diagnostic& diagnostic =
      reporter.report(DiagId::SyntaxError, token.begin, token.end,
                      "expected an item such as `rule` or `let`, found " + describe(token, reporter));
  if (has(first_of(parser, P::RuleClause), token.type)) {
    diagnostic.help("this word starts a clause, which must follow its `rule`");
    return;
  }
  std::vector<std::string> words{"schema", "policy"};
  for (const ssize_t type : item_start(parser).toList()) words.push_back(literal(parser, static_cast<size_t>(type)));
  const std::string near = nearest(reporter.text(token), words);
  if (!near.empty() && near != reporter.text(token)) diagnostic.help("did you mean `" + near + "`?");
}

}  // namespace guard::syntax
