// guardvm replay: what a bundle would have decided of past actions. replay.cpp runs it, replay_text.cpp prints it.
#pragma once
#include <string>
#include <vector>

#include "guardvm/bundle.hpp"
#include "tool/replay_tally.hpp"

namespace guardvm::tool {

struct ReplaySettings {
  std::string bundle, against;
  std::vector<std::string> inputs;
  std::string kind;
  bool has_at = false, strict = false, quiet = false;
  int64_t at_ns = 0;
  uint64_t examples = 3, top = 10, threads = 0;  // threads: 0: all cores
  size_t format = 0;                             // text, json
};

// For printing.
struct ReplayResult {
  const Bundle& bundle;
  const Bundle* against;  // null: none
  const ReplaySettings& settings;
  const std::vector<std::string>& inputs;  // what Example::input counts
  const ReplayTally& tally;
};
void append_replay_text(std::string& out, const ReplayResult& result);
void append_replay_json(std::string& out, const ReplayResult& result);

}  // namespace guardvm::tool
