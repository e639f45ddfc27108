// The validator: whether sections of unknown origin may be read without checks.
//
// SOUND: everything that deciding, explaining and printing follow (indices, ranges, texts, jumps, tables, nesting,
// types) is
//   checked here, so that no bundle that is accepted can make them read outside of it, overflow or run for ever.
// Cost: one pass over the sections; items that are shared are visited again, within a budget that grows with the
// bundle.
#pragma once
#include <string>

#include "guardvm/bundle.hpp"

namespace guardvm::load {

// Why the sections are refused ("Code[12].a: operand 99 of 40"); empty when they are accepted.
[[nodiscard]] std::string validate(const format::View& view);

}  // namespace guardvm::load
