// Changes by enumeration; see diff.hpp.
#include "diff.hpp"

#include <algorithm>

#include "driver/compile.hpp"
#include "regions.hpp"
#include "tests/reference/reference.hpp"

namespace guard::oracle {
namespace {

// One of the two sets.
struct Side {
  property::CompiledSet compiled;
  std::unique_ptr<reference::RecordReader> reader;
  bool same_schema = false;  // as that of the space

  explicit Side(property::CompiledSet set) : compiled(std::move(set)) {
    reader = std::make_unique<reference::RecordReader>(compiled.set);
  }
  [[nodiscard]] std::string decide(const reference::Evaluation& evaluation) const {
    const reference::Ruling ruling = reference::make_ruling(evaluation);
    return ruling.error ? "error" : reference::outcome_word(ruling.outcome);
  }
  [[nodiscard]] std::string decide_record(const std::string& json) const {
    const reference::Record record = reader->read(json, {});
    if (record.error) return "error";
    const check::Kind& kind = compiled.set.kinds[static_cast<uint32_t>(*record.kind)];
    const int64_t now = record.values[static_cast<uint32_t>(kind.now)].number;
    return decide({compiled.set, kind, record.values, now});
  }
  [[nodiscard]] std::string decide_action(const check::PolicySet& of_space, check::KindId kind,
                                          const Action& action) const {
    if (!same_schema) return decide_record(record_json(of_space, kind, action));
    return decide(evaluation_of(compiled.set, kind, action));
  }
};

std::string schema_of(const property::Files& files) {
  for (const auto& [path, text] : files)
    if (path == "schema.guard") return text;
  return "";
}

// Only what the types say: the first action blocks of the schema.
std::string types_of(const property::Files& files) {
  const std::string schema = schema_of(files);
  const size_t begin = schema.find("action"), end = schema.find("window ");
  std::string types = schema.substr(begin, end - begin);
  for (size_t at = types.find("default "); at != std::string::npos; at = types.find("default "))
    types.erase(at, types.find('\n', at) - at + 1);
  return types;
}

// One set with the policies of both, so that its actions tell apart what either tells apart.
property::Files both(const property::Files& wide, const property::Files& other) {
  property::Files out = wide;
  for (const auto& [path, text] : with_own_policies(other, "other_"))
    if (text.starts_with("policy ")) out.push_back({path, text});
  return out;
}

// With a rule more per attribute of words or whole numbers, so that all their values are among the actions: what one of
// two schemas does not take is told by no rule.
property::Files reading_all(property::Files files) {
  std::string reasons;
  const auto compiled = property::compile(files, reasons);
  if (!compiled) return files;
  std::string text = "policy oracle_reads\n";
  for (const check::Kind& kind : compiled->set.kinds)
    for (size_t i = 0; i < kind.leaves.size(); ++i) {
      const check::Leaf& leaf = kind.leaves[i];
      std::string value;
      if (leaf.type.kind == check::TypeKind::Enum)
        value = compiled->set.enums[static_cast<uint32_t>(leaf.type.enum_id)].words[0];
      if (leaf.type.kind == check::TypeKind::Int) value = std::to_string(leaf.type.max);
      if (value.empty() || leaf.parent != check::kNoLeaf) continue;
      text += "rule " + kind.name + "_" + std::to_string(i) + " on " + kind.name + "\n  when " +
              (leaf.optional ? leaf.path + " is present and " : "") + leaf.path + " == " + value + "\n  warn\n";
    }
  files.push_back({"oracle_reads.guard", text});
  return files;
}

Side side(const property::Files& files) {
  std::string reasons;
  auto compiled = property::compile(files, reasons);
  if (!compiled) throw Unsupported("does not compile: " + reasons);
  return Side(std::move(*compiled));
}

// The merged set, as the compiler makes it.
std::optional<property::CompiledSet> merged(const property::Files& team, const property::Files& organisation) {
  std::vector<driver::InputFile> files;
  for (const auto& [path, text] : team) files.push_back({"team/" + path, "team/" + path, text, false});
  for (const auto& [path, text] : organisation) files.push_back({"org/" + path, "org/" + path, text, true});
  driver::Compiled compiled = driver::compile_files(files, {});
  if (!compiled.ok()) return std::nullopt;
  return property::CompiledSet{std::move(*compiled.set), {}, std::move(compiled.bundle)};
}

}  // namespace

property::Files with_own_policies(const property::Files& files, const std::string& prefix) {
  property::Files out = files;
  for (auto& [path, text] : out)
    if (text.starts_with("policy ")) path = prefix + path, text.insert(std::string("policy ").size(), prefix);
  return out;
}

DiffComparison compare_baseline(const property::Files& team, const property::Files& organisation, int64_t as_of_ns,
                                const VerifierReport& report) {
  DiffComparison out;
  const property::Files together = both(team, organisation);
  const Side all = side(together);
  Side alone = side(organisation);
  auto compiled = merged(team, organisation);
  if (!compiled) throw Unsupported("the two sets do not merge");
  Side with_team(std::move(*compiled));
  alone.same_schema = with_team.same_schema = true;
  const check::PolicySet& set = all.compiled.set;
  std::vector<VerifierFinding> weakened = report.findings;
  std::erase_if(weakened, [](const VerifierFinding& finding) { return finding.id != "weakened-baseline"; });
  for (const VerifierFinding& finding : weakened) {
    const std::string from = alone.decide_record(finding.witness), to = with_team.decide_record(finding.witness);
    if ((from != "deny" && from != "hold") || to != "allow")
      out.disagreements.push_back({"witness", "weakened-baseline", from + ", then " + to + ": " + finding.text});
  }
  for (uint32_t k = 0; k < set.kinds.size(); ++k) {
    const check::KindId kind{k};
    const Space space(set, kind, as_of_ns, horizon_end(set));
    out.actions += space.size();
    Wanted wanted{set, kind, space, std::vector<bool>(space.size()), std::vector<bool>(space.size())};
    bool any = false;
    for (size_t i = 0; i < space.size(); ++i) {
      const Action action = space.at(i);
      const std::string from = alone.decide_action(set, kind, action), to = with_team.decide_action(set, kind, action);
      wanted.relevant[i] = from != "error" && to != "error";
      wanted.inside[i] = (from == "deny" || from == "hold") && to == "allow";
      any = any || wanted.inside[i];
    }
    if (any) ++out.classes["weakened"];
    std::vector<std::string> regions;
    for (const VerifierFinding& finding : weakened)
      if (all.reader->read(finding.witness, {}).kind == kind) regions.push_back(finding.region);
    out.regions += regions.size();
    for (const std::string& problem : cover_problems(together, wanted, regions))
      out.disagreements.push_back({"region", "weakened-baseline", problem});
  }
  return out;
}

DiffComparison compare_diff(const property::Files& before, const property::Files& after, int64_t as_of_ns,
                            const DiffReport& report) {
  DiffComparison out;
  const std::string old_types = types_of(before), new_types = types_of(after);
  const bool wider =
      new_types.size() > old_types.size() || (new_types.size() == old_types.size() && new_types > old_types);
  property::Files together = wider || old_types == new_types ? both(after, before) : both(before, after);
  if (old_types != new_types) together = reading_all(std::move(together));
  const Side all = side(together);
  Side old_side = side(before), new_side = side(after);
  old_side.same_schema = old_types == types_of(together);
  new_side.same_schema = new_types == types_of(together);
  const check::PolicySet& set = all.compiled.set;
  for (const VerifierChange& change : report.changes) {
    const std::string from = old_side.decide_record(change.action), to = new_side.decide_record(change.action);
    if (from != change.from || to != change.to)
      out.disagreements.push_back({"witness", "diff", "decided " + from + ", then " + to + ": " + change.text});
  }
  for (uint32_t k = 0; k < set.kinds.size(); ++k) {
    const check::KindId kind{k};
    const Space space(set, kind, as_of_ns, horizon_end(set));
    out.actions += space.size();
    std::map<std::pair<std::string, std::string>, std::vector<bool>> classes;
    std::vector<bool> relevant(space.size(), false);
    for (size_t i = 0; i < space.size(); ++i) {
      const Action action = space.at(i);
      const std::string from = old_side.decide_action(set, kind, action),
                        to = new_side.decide_action(set, kind, action);
      relevant[i] = from != "error" || to != "error";
      if (from == to) continue;
      std::vector<bool>& cells = classes[{from, to}];
      cells.resize(space.size());
      cells[i] = true;
      ++out.classes[from + " to " + to];
    }
    for (const VerifierChange& change : report.changes)
      if (change.from != change.to && all.reader->read(change.action, {}).kind == kind)
        classes[{change.from, change.to}].resize(space.size());
    for (const auto& [pair, cells] : classes) {
      std::vector<std::string> regions;
      for (const VerifierChange& change : report.changes)
        if (change.from == pair.first && change.to == pair.second && all.reader->read(change.action, {}).kind == kind)
          regions.push_back(change.region);
      out.regions += regions.size();
      const Wanted wanted{set, kind, space, cells, relevant};
      for (const std::string& problem : cover_problems(together, wanted, regions))
        out.disagreements.push_back({"region", "diff", pair.first + " to " + pair.second + ": " + problem});
    }
  }
  return out;
}

}  // namespace guard::oracle
