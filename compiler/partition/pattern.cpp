// Constructors of patterns.
#include "partition/pattern.hpp"

#include <utility>

namespace guard::partition {

Pattern literal(std::string_view text) {
  Pattern result;
  result.text = text;
  return result;
}

Pattern any_run() {
  Pattern result;
  result.kind = Pattern::Kind::AnyRun;
  return result;
}

Pattern any_one() { return one_of({{0, 0x10FFFF}}); }

Pattern one_of(std::vector<CodeRange> ranges) {
  Pattern result;
  result.kind = Pattern::Kind::Class;
  result.ranges = std::move(ranges);
  return result;
}

Pattern sequence(std::vector<Pattern> children) {
  Pattern result;
  result.kind = Pattern::Kind::Concat;
  result.children = std::move(children);
  return result;
}

Pattern choice(std::vector<Pattern> children) {
  Pattern result;
  result.kind = Pattern::Kind::Alternate;
  result.children = std::move(children);
  return result;
}

Pattern repeat(Pattern child, uint32_t min, uint32_t max) {
  Pattern result;
  result.kind = Pattern::Kind::Repeat;
  result.children.push_back(std::move(child));
  result.min = min;
  result.max = max;
  return result;
}

}  // namespace guard::partition
