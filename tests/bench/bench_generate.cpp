// Writes a synthetic set, the same with COUNT rules changed, or its actions: bench_generate set|changed|actions SHAPE
// RULES [COUNT]. For trying things by hand.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "generate.hpp"

int main(int argc, char** argv) {
  using namespace guard::bench;
  if (argc < 4)
    return std::fputs("usage: bench_generate set|changed|actions sparse|dense|adversarial|broad RULES [COUNT]\n",
                      stderr),
           1;
  SetOptions options;
  const std::string shape = argv[2];
  for (const Shape known : {Shape::Dense, Shape::Adversarial, Shape::Broad}) {
    if (shape == shape_word(known)) options.shape = known;
  }
  options.rules = static_cast<uint32_t>(std::strtoul(argv[3], nullptr, 10));
  const std::string what = argv[1];
  const uint32_t count =
      argc > 4 ? static_cast<uint32_t>(std::strtoul(argv[4], nullptr, 10)) : (what == "changed" ? 20 : 1000);
  if (what != "actions") {
    if (what == "changed") options.changes = count;
    std::fputs(generate_set(options).c_str(), stdout);
    return 0;
  }
  for (const std::string& line : generate_actions(options, count, 42)) std::puts(line.c_str());
  return 0;
}
