// guardvm inspect: what a bundle is and holds; with --verify also whether its bytes are those that its SHA-256 names.
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "digest/digest.hpp"
#include "read/values.hpp"
#include "tool/files.hpp"
#include "tool/options.hpp"
#include "tool/outcomes.hpp"

namespace guardvm::tool {

namespace {

using Facts = std::vector<std::pair<std::string, std::string>>;  // name, value as JSON

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", byte);
      out += escape;
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string timestamp_text(int64_t ns) {
  std::string out;
  append_timestamp(out, ns);
  return out;
}

std::string_view check_word(DigestCheck check) {
  switch (check) {
    case DigestCheck::Matches:
      return "matches";
    case DigestCheck::Differs:
      return "differs";
    case DigestCheck::NotBuiltIn:
      return "not checked: this guardvm was built without SHA-256";
  }
  return "not checked";
}

Facts facts_of(const Bundle& bundle) {
  const format::View& view = bundle.view();
  const format::MetaRow& meta = view.Meta[0];
  Facts facts{{"bundle", quoted(bundle.digest())},
              {"format", std::to_string(bundle.header().version)},
              {"bytes", std::to_string(bundle.bytes().size())},
              {"schema", quoted(bundle.text(meta.schema))},
              {"stripped", meta.stripped != 0 ? "true" : "false"},
              {"tzdata", quoted(bundle.text(meta.tzdata))},
              {"horizon_from", quoted(timestamp_text(meta.horizon_from_ns))},
              {"horizon_to", quoted(timestamp_text(meta.horizon_to_ns))}};
  std::string kinds;
  uint64_t worst = 0;
  for (const format::KindRow& kind : view.Kinds) {
    kinds += (kinds.empty() ? "" : ",") + quoted(bundle.text(kind.name));
    worst = worst < kind.worst_steps ? kind.worst_steps : worst;
  }
  facts.emplace_back("kinds", "[" + kinds + "]");
  facts.emplace_back("rules", std::to_string(view.Rules.size()));
  facts.emplace_back("exceptions", std::to_string(view.Exceptions.size()));
  facts.emplace_back("break_glass", std::to_string(view.BreakGlasses.size()));
  facts.emplace_back("assumptions", std::to_string(view.Assumptions.size()));
  facts.emplace_back("sources", std::to_string(view.Sources.size()));
  facts.emplace_back("worst_steps", std::to_string(worst));
  return facts;
}

std::string as_text(const Facts& facts) {
  std::string out;
  for (const auto& [name, value] : facts) {
    std::string shown = value;
    if (value.starts_with('"') && value.find('\\') == std::string::npos) shown = value.substr(1, value.size() - 2);
    out += name + std::string(14 - name.size(), ' ') + shown + "\n";
  }
  return out;
}

std::string as_json(const Facts& facts) {
  std::string out = "{";
  for (const auto& [name, value] : facts) out += (out.size() > 1 ? "," : "") + quoted(name) + ":" + value;
  return out + "}\n";
}

}  // namespace

int run_inspect(const Options& options) {
  const Loaded<Bundle> bundle = Bundle::load(options.bundle);
  if (!bundle.ok()) return refuse(bundle.error());
  Facts facts = facts_of(bundle.value());
  DigestCheck check = DigestCheck::Matches;
  if (options.verify) {
    check = check_digest(bundle.value());
    facts.emplace_back("sha256", quoted(check_word(check)));
  }
  Output output;
  output.buffer() = options.format == Format::Json ? as_json(facts) : as_text(facts);
  if (!output.flush()) return usage_error("cannot write to standard output");
  if (check == DigestCheck::Differs) return static_cast<int>(Exit::Refused);
  return static_cast<int>(check == DigestCheck::NotBuiltIn ? Exit::Usage : Exit::Ok);
}

}  // namespace guardvm::tool
