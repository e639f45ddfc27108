// The version of both tools. CMakeLists.txt's project() says the same; a layering test compares them.
#pragma once

namespace guardvm {
inline constexpr const char* kToolVersion = "0.1.0";
}  // namespace guardvm
