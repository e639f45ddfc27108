// Text to syntax tree, item by item: see parse.hpp. Only the parse*.cpp files see ANTLR.
//
// Each item is read with SLL prediction, which suffices for every correct text; if that fails, once more with LL and
// notes of what was expected, to report the error. ANTLR's tree of an item is dropped before the next is read.
#include "syntax/parse.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "syntax/limits.hpp"
#include "syntax/parse_build.hpp"
#include "syntax/parse_errors.hpp"
#include "syntax/parse_tokens.hpp"

namespace guard::syntax {

namespace {

using P = GuardParser;

constexpr size_t kRepairsPerItem = 20;
// A level of nesting costs a few activations of ANTLR's recursive rules; the exact limit is checked when the tree is
// built.
constexpr size_t kMaxRecursion = 4 * limits::kNesting;

// Grammar nodes of one item. Every text within the limits needs far fewer; without a bound, one item of a hostile file
// could take all memory before the tree builder counts its parts.
constexpr size_t kMaxItemNodes = 1000000;

class GuardedParser final : public GuardParser {
 public:
  GuardedParser(antlr4::TokenStream* tokens, Watch& watch) : GuardParser(tokens), watch_(watch) {
    removeErrorListeners();
  }
  void start_item() {
    reset();
    getTreeTracker().reset();
    nodes_ = 0;
  }
  void enterRule(antlr4::ParserRuleContext* context, size_t state, size_t rule) override {
    count_node();
    GuardParser::enterRule(context, state, rule);
  }
  // INVARIANT: ANTLR keeps one entry in _precedenceStack for each active recursive rule.
  void enterRecursionRule(antlr4::ParserRuleContext* context, size_t state, size_t rule, int precedence) override {
    count_node();
    if (_precedenceStack.size() > kMaxRecursion) watch_.stop(*this, SyntaxFailure::Why::TooDeep);
    GuardParser::enterRecursionRule(context, state, rule, precedence);
  }

 private:
  void count_node() {
    if (++nodes_ > kMaxItemNodes) watch_.stop(*this, SyntaxFailure::Why::TooLong);
  }

  Watch& watch_;
  size_t nodes_ = 0;
};

bool is_opening(size_t type) { return type == P::LBRACE || type == P::LPAREN || type == P::LBRACK; }
bool is_closing(size_t type) { return type == P::RBRACE || type == P::RPAREN || type == P::RBRACK; }

// Takes out what brackets hold beyond the nesting limit, so that ANTLR's recursion is bounded. `rule` is reserved and
// stands in no brackets, so brackets that were never closed end there.
void limit_nesting(Lexed& lexed, Reporter& reporter) {
  std::vector<Lexeme> kept;
  size_t depth = 0;
  for (const Lexeme& token : lexed.tokens) {
    if (token.type == P::RULE || token.type == antlr4::Token::EOF) depth = 0;
    if (is_opening(token.type) && ++depth == limits::kNesting + 1) {
      lexed.mistakes.push_back(token.begin);
      reporter.report(DiagId::TooDeep, token.begin, token.end,
                      "brackets are nested more than " + std::to_string(limits::kNesting) + " levels deep");
    }
    if (depth <= limits::kNesting) kept.push_back(token);
    if (is_closing(token.type) && depth > 0) --depth;
  }
  lexed.tokens = std::move(kept);
  std::sort(lexed.mistakes.begin(), lexed.mistakes.end());
}

class Driver {
 public:
  Driver(Lexed& lexed, Reporter& reporter)
      : tokens_(lexed.tokens),
        mistakes_(lexed.mistakes),
        reporter_(reporter),
        window_(tokens_),
        watch_(std::make_shared<Watch>()),
        parser_(&window_, *watch_),
        builder_(reporter) {
    parser_.setErrorHandler(watch_);
  }

  std::vector<Section> run() {
    while (type(at_) != antlr4::Token::EOF && !reporter_.full()) {
      if (type(at_) == P::SCHEMA || type(at_) == P::POLICY) {
        if (auto* head = read(&GuardParser::sectionHead, false)) {
          sections_.push_back(builder_.section(head));
        } else {
          homeless_reported_ = true;
        }
      } else {
        item();
      }
    }
    return std::move(sections_);
  }

 private:
  [[nodiscard]] size_t type(size_t index) const { return tokens_[std::min(index, tokens_.size() - 1)].type; }
  [[nodiscard]] bool is_name(size_t index) const {
    return parser_.getATN().nextTokens(name_start()).contains(type(index));
  }
  [[nodiscard]] antlr4::atn::ATNState* name_start() const { return parser_.getATN().ruleToStartState[P::RuleName]; }
  [[nodiscard]] bool starts_item(size_t index) const {
    const size_t t = type(index);
    return t == antlr4::Token::EOF || t == P::SCHEMA || t == P::POLICY || item_start(parser_).contains(t);
  }

  void item() {
    if (sections_.empty()) report_homeless();
    if (!starts_item(at_)) {
      if (!sections_.empty() && !silenced(at_, at_)) explain_no_item(parser_, tokens_[at_], reporter_);
      at_ = next_item(at_ + 1);
      return;
    }
    GuardParser::ItemContext* context = read(&GuardParser::item, true);
    if (context == nullptr) return;
    Item item = builder_.item(context);
    if (sections_.empty()) return;
    sections_.back().span = join(sections_.back().span, item.span);
    sections_.back().items.push_back(std::move(item));
  }

  // Items before the first section are read for their own mistakes, but belong nowhere.
  void report_homeless() {
    if (homeless_reported_) return;
    homeless_reported_ = true;
    const Lexeme& token = tokens_[at_];
    if (silenced(at_, at_)) return;
    Diagnostic& diagnostic = reporter_.report(DiagId::SyntaxError, token.begin, token.end,
                                              "expected `schema` or `policy`, found " + describe(token, reporter_));
    const std::string near = nearest(reporter_.text(token), {"schema", "policy"});
    diagnostic.help(near.empty() ? "a file starts with `schema NAME` or `policy NAME`"
                                 : "did you mean `" + near + "`?");
  }

  // Runs one grammar rule at `at_` and steps over what it took; on failure reports, finds the next item and gives
  // nullptr.
  template <typename Context>
  Context* read(Context* (GuardParser::*rule)(), bool ends_at_item) {
    size_t repaired_at = 0;
    for (size_t repairs = 0;; ++repairs) {
      if (Context* context = attempt(rule, ends_at_item, false)) return context;
      if (watch_->failure().why == SyntaxFailure::Why::Text) {
        if (Context* context = attempt(rule, ends_at_item, true)) return context;
      }
      const size_t wrong = at_ + watch_->failure().token;
      const bool same = repairs > 0 && wrong <= repaired_at + 1;
      std::optional<Repair> repair;
      if (!same && !silenced(at_, wrong)) {
        repair = explain(watch_->failure(), parser_, tokens_, at_, wrong, reporter_);
      }
      if (!repair || repairs == kRepairsPerItem) {
        at_ = next_item(at_ + 1);
        return nullptr;
      }
      repaired_at = repair->token;
      if (repair->insert) {
        const uint32_t place = tokens_[repair->token].begin;
        tokens_.insert(tokens_.begin() + static_cast<std::ptrdiff_t>(repair->token), {place, place, repair->type});
      } else {
        tokens_[repair->token].type = repair->type;
      }
    }
  }

  template <typename Context>
  Context* attempt(Context* (GuardParser::*rule)(), bool ends_at_item, bool precise) {
    using antlr4::atn::PredictionMode;
    window_.open(at_);
    parser_.start_item();
    parser_.getInterpreter<antlr4::atn::ParserATNSimulator>()->setPredictionMode(precise ? PredictionMode::LL
                                                                                         : PredictionMode::SLL);
    watch_->start(precise);
    try {
      Context* context = (parser_.*rule)();
      const size_t end = window_.index();
      if (!ends_at_item || starts_item(at_ + end)) {
        at_ += end;
        return context;
      }
      watch_->fail_behind(parser_, end);
    } catch (const Stopped&) {  // the watch holds the failure
    }
    return nullptr;
  }

  // A mistake inside the item was reported already: what goes wrong there is its consequence.
  [[nodiscard]] bool silenced(size_t first, size_t wrong) const {
    const auto mistake = std::lower_bound(mistakes_.begin(), mistakes_.end(), tokens_[first].begin);
    return mistake != mistakes_.end() && *mistake <= tokens_[wrong].end;
  }

  [[nodiscard]] bool first_on_line(size_t index) const {
    if (index == 0) return true;
    const std::string_view gap = reporter_.text(tokens_[index - 1].end, tokens_[index].begin);
    return gap.find_first_of("\r\n") != std::string_view::npos;
  }

  // Whether an item very likely starts here: words that start items may be names as well.
  [[nodiscard]] bool looks_like_item(size_t index) const {
    const size_t next = type(index + 1);
    const auto named = [&](std::initializer_list<size_t> then) {
      return is_name(index + 1) && std::find(then.begin(), then.end(), type(index + 2)) != then.end();
    };
    switch (type(index)) {
      case P::RULE:
        return index == 0 || type(index - 1) != P::EVERY;
      case P::SCHEMA:
      case P::POLICY:
        return is_name(index + 1) && starts_item(index + 2);
      case P::DEFAULT:
        return next == P::ALLOW || next == P::DENY || next == P::HOLD;
      case P::BLOCKING:
        return next == P::WINS;
      case P::KIND:
        return next == P::AT;
      case P::BREAK:
        return next == P::GLASS;
      case P::TEST:
        return next == P::STRING;
      case P::ACTION:
        return next == P::LBRACE || named({P::LBRACE});
      case P::ENUM:
      case P::RECORD:
        return named({P::LBRACE});
      case P::SEVERITY:
        return named({P::EQUALS, P::MINUS});
      case P::LET:
      case P::DEFINE:
      case P::WINDOW:
      case P::FIXTURE:  // `window starts with …` is a condition
        return is_name(index + 1) && next != P::STARTS && next != P::ENDS && next != P::CONTAINS;
      case P::DATA:
        return named({P::FROM});
      case P::TEMPLATE:
      case P::USE:
        return named({P::LPAREN});
      case P::EXCEPTION:
        return named({P::FOR});
      case P::INVARIANT:
        return named({P::ON});
      case P::UNGUARDED:
      case P::COVER:
        return is_name(index + 1);
      case P::ASSUME:
        return true;
      default:
        return false;
    }
  }

  [[nodiscard]] size_t next_item(size_t from) const {
    while (type(from) != antlr4::Token::EOF && !(first_on_line(from) && looks_like_item(from))) ++from;
    return std::min(from, tokens_.size() - 1);
  }

  std::vector<Lexeme>& tokens_;
  const std::vector<uint32_t>& mistakes_;
  Reporter& reporter_;
  TokenWindow window_;
  std::shared_ptr<Watch> watch_;
  GuardedParser parser_;
  Builder builder_;
  std::vector<Section> sections_;
  bool homeless_reported_ = false;
  size_t at_ = 0;
};

}  // namespace

File parse(FileId file, const Sources& sources, Diagnostics& diagnostics) {
  const std::string_view text = sources.file(file).text;
  File out;
  out.id = file;
  Reporter reporter(file, text, diagnostics);
  if (text.size() > limits::kSourceFileBytes) {
    reporter.report(DiagId::FileTooLarge, 0, 0,
                    "this file has more than " + std::to_string(limits::kSourceFileBytes) + " bytes");
    return out;
  }
  Lexed lexed = lex(reporter);
  out.comments = std::move(lexed.comments);
  limit_nesting(lexed, reporter);
  out.sections = Driver(lexed, reporter).run();
  return out;
}

}  // namespace guard::syntax
