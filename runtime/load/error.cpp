// The words of the error table.
#include "guardvm/error.hpp"

#include <array>

namespace guardvm {
namespace {

struct Row {
  std::string_view word, meaning;
};
constexpr std::array kRows = {
#define GUARD_ERROR(Name, code, meaning) Row{code, meaning},
#include "tables/errors.def"
#undef GUARD_ERROR
};

}  // namespace

std::string_view error_word(ErrorCode code) { return kRows[static_cast<size_t>(code)].word; }
std::string_view error_meaning(ErrorCode code) { return kRows[static_cast<size_t>(code)].meaning; }

}  // namespace guardvm
