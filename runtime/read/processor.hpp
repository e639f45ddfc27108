// What this processor has, for loops that are compiled a second time for it.
//
// The C library has asked the processor what it can already. The compiler's own way, used anywhere, asks again before
// `main` of every process, and asking traps in a virtual machine: some 70 us.
#pragma once
#if defined(__x86_64__)
// The header has C's `_Bool`, which clang does not take in C++.
#if __has_include(<sys/platform/x86.h>) && !defined(__clang__)
#include <sys/platform/x86.h>
#define GUARDVM_CPU_HAS(libc_name, compiler_name) (CPU_FEATURE_ACTIVE(libc_name) != 0)
#else
#define GUARDVM_CPU_HAS(libc_name, compiler_name) (__builtin_cpu_supports(compiler_name) != 0)
#endif

#define GUARDVM_AVX2 __attribute__((target("avx2,bmi,bmi2,popcnt")))

namespace guardvm {

// Whether code marked GUARDVM_AVX2 runs.
[[nodiscard]] inline bool has_avx2() {
  return GUARDVM_CPU_HAS(AVX2, "avx2") && GUARDVM_CPU_HAS(BMI1, "bmi") && GUARDVM_CPU_HAS(BMI2, "bmi2") &&
         GUARDVM_CPU_HAS(POPCNT, "popcnt");
}

}  // namespace guardvm
#endif
