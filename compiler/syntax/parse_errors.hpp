// Syntax errors in human words. The Watch stops ANTLR at the first error of an item and remembers what could have stood
// there; `explain` makes a diagnostic of it and, where it is plain what was meant, a repair of the tokens, so that the
// rest of the item is read too. Internal to parse*.cpp.
#pragma once
#include <optional>
#include <utility>
#include <vector>

#include "syntax/parse_tokens.hpp"

namespace guard::syntax {

struct Stopped {};  // thrown through ANTLR's frames by the Watch, caught in parse.cpp

struct SyntaxFailure {
  enum class Why : uint8_t { Text, TooDeep, TooLong };
  Why why = Why::Text;
  size_t token = 0;  // counted from the item's first token
  size_t rule = 0;   // the innermost grammar rule
  antlr4::misc::IntervalSet expected;
};

class Watch final : public antlr4::DefaultErrorStrategy {
 public:
  // `precise`: remember what could have stood at each token. Without it a failure only says that there is one.
  void start(bool precise);
  // For an item that ended well before a token that cannot follow it.
  void fail_behind(antlr4::Parser& parser, size_t token);
  [[noreturn]] void stop(antlr4::Parser& parser, SyntaxFailure::Why why);
  [[nodiscard]] const SyntaxFailure& failure() const { return failure_; }

  void sync(antlr4::Parser* parser) override;
  void reportError(antlr4::Parser*, const antlr4::RecognitionException&) override {}
  void recover(antlr4::Parser* parser, std::exception_ptr error) override;
  antlr4::Token* recoverInline(antlr4::Parser* parser) override;

 private:
  void note(antlr4::Parser& parser);
  void fail(antlr4::Parser& parser, size_t token);

  bool precise_ = false;
  size_t noted_at_ = 0;
  std::vector<std::pair<size_t, antlr4::RuleContext*>> noted_;  // grammar states visited at that token
  SyntaxFailure failure_;
};

struct Repair {
  size_t token;  // absolute index
  size_t type;
  bool insert = false;  // else the token's type is replaced
};

// REQUIRES: the failure is precise. `first` and `at` are absolute: the item's first token and the one that is wrong.
std::optional<Repair> explain(const SyntaxFailure& failure, const antlr4::Parser& parser,
                              const std::vector<Lexeme>& tokens, size_t first, size_t at, Reporter& reporter);

// What can start an item.
[[nodiscard]] const antlr4::misc::IntervalSet& item_start(const antlr4::Parser& parser);
// A token as a message shows it: "`x`", "the string `\"x\"`", "the end of the file".
[[nodiscard]] std::string describe(const Lexeme& token, const Reporter& reporter);
// Tells that `token` starts no item.
void explain_no_item(const antlr4::Parser& parser, const Lexeme& token, Reporter& reporter);

}  // namespace guard::syntax
