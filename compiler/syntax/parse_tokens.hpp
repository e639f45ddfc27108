// Text to tokens: runs the generated lexer over bytes, reports what is no token, and puts the right token in its place
// where it is plain what was meant, so that the parser need not stumble over the same mistake. Internal to parse*.cpp.
#pragma once
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "GuardLexer.h"
#include "GuardParser.h"
#include "diag/diagnostic.hpp"
#include "syntax/tree.hpp"

namespace guard::syntax {

struct Lexeme {
  uint32_t begin = 0;
  uint32_t end = 0;
  size_t type = 0;
};

// Reports of one file, up to the limit; remembers where the lexer's were, since the parser stays silent about those.
class Reporter {
 public:
  Reporter(FileId file, std::string_view text, Diagnostics& diagnostics)
      : file_(file), text_(text), diagnostics_(diagnostics) {}
  Diagnostic& report(DiagId id, uint32_t begin, uint32_t end, std::string message);
  [[nodiscard]] bool full() const;
  [[nodiscard]] Span span(uint32_t begin, uint32_t end) const { return {file_, begin, end}; }
  [[nodiscard]] std::string_view text(uint32_t begin, uint32_t end) const { return text_.substr(begin, end - begin); }
  [[nodiscard]] std::string_view text(const Lexeme& lexeme) const { return text(lexeme.begin, lexeme.end); }
  [[nodiscard]] std::string_view text() const { return text_; }

 private:
  FileId file_;
  std::string_view text_;
  Diagnostics& diagnostics_;
  uint64_t reports_ = 0;
  Diagnostic dropped_{};
};

struct Lexed {
  std::vector<Lexeme> tokens;  // the last is EOF
  std::vector<Comment> comments;
  std::vector<uint32_t> mistakes;  // offsets, ascending
};
[[nodiscard]] Lexed lex(Reporter& reporter);

// A token as ANTLR wants to see it.
class WindowToken final : public antlr4::Token {
 public:
  WindowToken(const Lexeme& lexeme, size_t index) : lexeme_(lexeme), index_(index) {}
  std::string getText() const override { return {}; }
  size_t getType() const override { return lexeme_.type; }
  size_t getLine() const override { return 0; }
  size_t getCharPositionInLine() const override { return 0; }
  size_t getChannel() const override { return DEFAULT_CHANNEL; }
  size_t getTokenIndex() const override { return index_; }
  size_t getStartIndex() const override { return lexeme_.begin; }
  size_t getStopIndex() const override { return lexeme_.end; }  // exclusive: only our own code reads it
  antlr4::TokenSource* getTokenSource() const override { return nullptr; }
  antlr4::CharStream* getInputStream() const override { return nullptr; }
  std::string toString() const override { return {}; }

 private:
  Lexeme lexeme_;
  size_t index_;
};

// The tokens from one item on. Token objects are made when asked for and dropped at the next item, so that the memory
// does not grow with the file. INVARIANT: indices that ANTLR sees count from the item's first token.
class TokenWindow final : public antlr4::TokenStream {
 public:
  explicit TokenWindow(const std::vector<Lexeme>& tokens) : tokens_(tokens) {}
  void open(size_t first);  // the next parse starts at tokens[first]
  [[nodiscard]] size_t first() const { return first_; }

  void consume() override { ++at_; }
  size_t LA(ssize_t i) override;
  antlr4::Token* LT(ssize_t k) override;
  antlr4::Token* get(size_t index) const override;
  ssize_t mark() override { return 0; }
  void release(ssize_t) override {}
  size_t index() override { return at_; }
  void seek(size_t index) override { at_ = index; }
  size_t size() override { return tokens_.size() - first_; }
  std::string getSourceName() const override { return {}; }
  antlr4::TokenSource* getTokenSource() const override { return nullptr; }
  std::string getText(const antlr4::misc::Interval&) override { return {}; }
  std::string getText() override { return {}; }
  std::string getText(antlr4::RuleContext*) override { return {}; }
  std::string getText(antlr4::Token*, antlr4::Token*) override { return {}; }

 private:
  [[nodiscard]] size_t clamp(size_t index) const;

  const std::vector<Lexeme>& tokens_;
  mutable std::deque<WindowToken> made_;  // a deque keeps the tokens where they are
  size_t first_ = 0;
  size_t at_ = 0;
};

}  // namespace guard::syntax
