// The words of a command line, one after another: options (`--name VALUE`, `--name=VALUE`), and names of files. `--`
// ends the options; `-` is a name.
//
//   Arguments words(list);
//   while (words.next()) {
//     if (!words.is_option()) names.push_back(words.word());
//     else if (words.is("--limit")) words.number(limit);
//     else words.fail("`log query` has no option `" + words.word() + "`");
//   }
//   if (!words.ok()) return usage_error(words.problem());
#pragma once
#include <charconv>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace guardvm::tool {

class Arguments {
 public:
  explicit Arguments(std::vector<std::string> words) : words_(std::move(words)) {}

  // The next word; false at the end and after a problem.
  bool next() {
    if (ok() && inline_value_) fail("`" + word_ + "` takes no value");
    if (!ok() || at_ == words_.size()) return false;
    word_ = words_[at_++];
    is_option_ = !options_end_ && word_ != "-" && word_.starts_with('-');
    if (word_ == "--" && is_option_) {
      options_end_ = true;
      return next();
    }
    const size_t equals = is_option_ ? word_.find('=') : std::string::npos;
    if (equals != std::string::npos) {
      inline_value_ = word_.substr(equals + 1);
      word_.resize(equals);
    }
    return true;
  }
  [[nodiscard]] const std::string& word() const { return word_; }
  [[nodiscard]] bool is_option() const { return is_option_; }
  [[nodiscard]] bool is(std::string_view option) const { return is_option_ && word_ == option; }

  // The value of the option at hand. False: there is none, or it does not fit; that is the problem then.
  bool value(std::string& out) {
    if (inline_value_) {
      out = *std::exchange(inline_value_, std::nullopt);
      return true;
    }
    if (at_ == words_.size()) return fail("`" + word_ + "` needs a value");
    out = words_[at_++];
    return true;
  }
  bool number(uint64_t& out) {
    std::string text;
    if (!value(text)) return false;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return (error == std::errc() && end == text.data() + text.size()) ||
           fail("`" + word_ + "` needs a whole number, not `" + text + "`");
  }
  // One of the words; `chosen` is its position.
  bool choice(std::initializer_list<std::string_view> words, size_t& chosen) {
    std::string text, list;
    if (!value(text)) return false;
    size_t i = 0;
    for (const std::string_view word : words) {
      if (word == text) {
        chosen = i;
        return true;
      }
      if (i > 0) list += i + 1 == words.size() ? " or " : ", ";
      list += word;
      ++i;
    }
    return fail("`" + word_ + "` is " + list + ", not `" + text + "`");
  }

  bool fail(std::string problem) {
    if (problem_.empty()) problem_ = std::move(problem);
    return false;
  }
  [[nodiscard]] bool ok() const { return problem_.empty(); }
  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  std::vector<std::string> words_;
  size_t at_ = 0;
  std::string word_, problem_;
  bool is_option_ = false, options_end_ = false;
  std::optional<std::string> inline_value_;
};

}  // namespace guardvm::tool
