// One finding for people, in the style of the compiler's diagnostics.
#pragma once
#include <string>

#include "verify/report/excerpts.hpp"
#include "verify/verify.hpp"

namespace guard::verify {

class FindingText {
 public:
  // REQUIRES: both outlive it.
  FindingText(const guardvm::Bundle& bundle, const RenderOptions& options)
      : bundle_(bundle), options_(options), excerpts_(bundle) {}
  // Header, source lines, example, help.
  [[nodiscard]] std::string all(const Finding& finding) const;
  // The lines of its places, underlined, with the file above where it changes.
  [[nodiscard]] std::string excerpts(const Finding& finding) const;
  // `path:line:column`; empty: it has no place.
  [[nodiscard]] std::string location(const Finding& finding) const;
  // The first line of the place; empty when the bundle does not have it.
  [[nodiscard]] std::string_view line(const Place& place) const;

 private:
  [[nodiscard]] bool has_source(const guardvm::format::SpanRow& span) const;
  [[nodiscard]] std::string location(const guardvm::format::SpanRow& span) const;
  [[nodiscard]] std::string excerpt(const Place& place) const;

  const guardvm::Bundle& bundle_;
  const RenderOptions& options_;
  Excerpts excerpts_;
};

}  // namespace guard::verify
