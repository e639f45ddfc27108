// The dump: schema, index and entries in the order of the bundle.
#include "codegen/dump.hpp"

#include <algorithm>
#include <vector>

#include "codegen/listing.hpp"
#include "diag/diagnostic.hpp"

namespace guard::codegen {
namespace {

namespace format = guardvm::format;
using format::Classifier;
using format::What;

constexpr const char* kEffects[] = {"deny", "require", "hold", "allow", "warn", "oblige"};
constexpr const char* kModes[] = {"off", "shadow", "advisory", "enforce"};
constexpr const char* kMissing[] = {"block", "hold", "ignore"};
constexpr const char* kClassifiers[] = {"flag",    "presence",      "signal",       "numbers", "versions",
                                        "strings", "text patterns", "set elements", "windows"};

class Dump {
 public:
  explicit Dump(const guardvm::Bundle& bundle) : view_(bundle.view()), list_(bundle) {}

  // kNone: every rule, every kind.
  std::string run(uint32_t only_rule, uint32_t only_kind) {
    if (only_rule == format::kNone) {
      const format::MetaRow& meta = view_.Meta[0];
      out_ += "schema " + list_.text(meta.schema) + ", tzdata " + list_.text(meta.tzdata) +
              (meta.blocking_wins != 0 ? ", blocking wins" : "") + (meta.stripped != 0 ? ", stripped" : "") + "\n";
    }
    for (uint32_t k = 0; k < view_.Kinds.size(); ++k) {
      if (only_kind != format::kNone && k != only_kind) continue;
      if (only_rule == format::kNone) kind(view_.Kinds[k]);
      const std::vector<format::Candidate> own = candidates(view_.Kinds[k]);
      for (uint32_t e = 0; e < view_.Kinds[k].entries.count; ++e) {
        const format::EntryRow& row = view_.Entries[view_.Kinds[k].entries.first + e];
        if (only_rule != format::kNone && (row.what != What::Rule || row.object != only_rule)) continue;
        entry(row, view_.Kinds[k], own[e]);
      }
    }
    return std::move(out_);
  }

 private:
  void kind(const format::KindRow& row) {
    out_ += "\nkind " + list_.text(row.name) + ": default " + (row.default_outcome == 0 ? "allow" : "deny") +
            (row.unguarded != 0 ? ", unguarded" : "") + ", " + std::to_string(row.entries.count) +
            " entries, at most " + std::to_string(row.worst_steps) + " steps\n";
    for (uint32_t i = 0; i < row.leaves.count; ++i) {
      const format::LeafRow& leaf = view_.Leaves[row.leaves.first + i];
      attribute(leaf, "  ", i == row.now);
      for (uint32_t c = 0; c < leaf.columns.count; ++c) attribute(view_.Leaves[leaf.columns.first + c], "    ", false);
    }
    for (uint32_t d = 0; d < row.dims.count; ++d) dim(view_.Dims[row.dims.first + d], row, d == row.scope_dim);
  }

  void attribute(const format::LeafRow& leaf, const std::string& indent, bool is_now) {
    out_ += indent + "attribute " + list_.text(leaf.path) + ": " + std::string(type_word(leaf.type));
    if (leaf.type == format::Type::Set) out_ += "<" + std::string(type_word(leaf.element)) + ">";
    if (leaf.type == format::Type::Enum) out_ += " " + list_.text(view_.Enums[leaf.enum_id].name);
    if (leaf.type == format::Type::Int || leaf.type == format::Type::Decimal) {
      out_ += " " + list_.number(leaf.min, leaf.type, leaf.scale, format::kNone) + ".." +
              list_.number(leaf.max, leaf.type, leaf.scale, format::kNone);
    }
    if (leaf.type == format::Type::Signal) {
      out_ += " max age " + list_.number(leaf.max_age_ns, format::Type::Duration, 0, format::kNone);
    }
    out_ += std::string(leaf.optional != 0 ? ", optional" : "") + (leaf.sensitive != 0 ? ", sensitive" : "") +
            (is_now ? ", now" : "") + "\n";
  }

  void dim(const format::DimRow& row, const format::KindRow& kind, bool is_scope) {
    const format::LeafRow& leaf = view_.Leaves[kind.leaves.first + row.leaf];
    const bool multi = row.classifier >= Classifier::TextAtoms;
    out_ += "  index " + list_.text(leaf.path) + " by " + kClassifiers[static_cast<size_t>(row.classifier)] + ": " +
            std::to_string(row.classes) +
            (multi            ? " atoms"
             : row.dense == 2 ? " classes"
             : row.dense == 1 ? " classes, dense"
                              : " classes, sparse") +
            (is_scope ? ", lists\n" : "\n");
    if (row.classifier == Classifier::Numbers && row.cuts.count > 0) {
      cuts(row, [&](uint32_t i) { return list_.number(view_.Numbers[i], leaf.type, leaf.scale, leaf.enum_id); });
    }
    if (row.classifier == Classifier::Versions) cuts(row, [&](uint32_t i) { return list_.string(i); });
  }

  template <typename Item>
  void cuts(const format::DimRow& row, const Item& item) {
    constexpr uint32_t kShown = 20;
    out_ += "    cuts";
    for (uint32_t i = 0; i < std::min(row.cuts.count, kShown); ++i) out_ += " " + item(row.cuts.first + i);
    out_ += row.cuts.count > kShown ? " …\n" : "\n";
  }

  // Per entry of the kind, what is asked of it once the index has found it.
  std::vector<format::Candidate> candidates(const format::KindRow& kind) const {
    std::vector<format::Candidate> own(kind.entries.count);
    const auto add = [&](format::Range range) {
      for (uint32_t i = range.first; i < range.first + range.count; ++i)
        own[view_.Candidates[i].entry] = view_.Candidates[i];
    };
    add(kind.ranked);
    if (kind.scope_dim == format::kNone) return own;
    const uint32_t classes = view_.Dims[kind.dims.first + kind.scope_dim].classes;
    for (uint32_t c = 0; c < classes; ++c) add(view_.ScopeRows[kind.scope_rows + c]);
    return own;
  }
  static bool has_range(const format::Candidate& row) { return row.least != INT64_MIN || row.most != INT64_MAX; }
  static bool by_index_alone(const format::Candidate& row) { return row.code.count == 0 && !has_range(row); }

  void left(const format::Candidate& row, const format::KindRow& kind) {
    if (has_range(row)) {
      const format::LeafRow& leaf = view_.Leaves[kind.leaves.first + row.leaf];
      const auto end = [&](int64_t n, int64_t none) {
        return n == none ? std::string() : list_.number(n, leaf.type, leaf.scale, leaf.enum_id);
      };
      out_ += "  after the index: " + list_.text(leaf.path) + " in " + end(row.least, INT64_MIN) + ".." +
              end(row.most, INT64_MAX) + "\n";
    }
    piece("after the index", row.code);
  }

  void entry(const format::EntryRow& row, const format::KindRow& kind, const format::Candidate& candidate) {
    out_ += "\n" + head(row) + " on " + list_.text(kind.name) +
            (by_index_alone(candidate) ? ", by the index alone" : "") +
            (row.uses_time != 0 ? ", depends on time" : "") + "\n";
    piece("match", row.match);
    piece("surely", row.surely);
    if (!by_index_alone(candidate)) left(candidate, kind);
    piece("until", row.until);
    for (uint32_t g = 0; g < row.groups.count; ++g) {
      const format::Range any_of = view_.RequirementGroups[row.groups.first + g].alternatives;
      out_ += "  requires ";
      for (uint32_t i = 0; i < any_of.count; ++i) {
        out_ += (i > 0 ? " or " : "") + list_.text(view_.Requirements[view_.Indices[any_of.first + i]].text);
      }
      out_ += "\n";
    }
    if (row.what == What::Rule) rule_lines(view_.Rules[row.object]);
  }

  std::string head(const format::EntryRow& row) const {
    switch (row.what) {
      case What::Assumption:
        return "assume " + list_.text(view_.Assumptions[row.object].text) + ", broken";
      case What::Exception:
        return "exception " + list_.text(view_.Exceptions[row.object].id);
      case What::BreakGlass:
        return "break glass " + list_.text(view_.BreakGlasses[row.object].id);
      case What::Rule:
        break;
    }
    const format::RuleRow& rule = view_.Rules[row.object];
    return "rule " + list_.text(rule.id) + ", " + kEffects[static_cast<size_t>(rule.effect)] +
           (rule.mandatory != 0 ? ", mandatory" : "") + ", " + kModes[static_cast<size_t>(rule.mode)] +
           (row.signals.count > 0 ? std::string(", if missing: ") + kMissing[static_cast<size_t>(rule.if_missing)]
                                  : "");
  }

  void rule_lines(const format::RuleRow& rule) {
    for (uint32_t i = 0; i < rule.overrides.count; ++i) {
      out_ += "  overrides " + list_.text(view_.Rules[view_.Indices[rule.overrides.first + i]].id) + "\n";
    }
    for (uint32_t i = 0; i < rule.obligations.count; ++i) {
      const format::ObligationRow& row = view_.Obligations[rule.obligations.first + i];
      out_ += "  obliges " + list_.text(row.name) + " = " + list_.text(row.json) + "\n";
    }
    if (rule.message.size > 0) out_ += "  because " + list_.quoted(rule.message) + "\n";
  }

  void piece(const char* title, format::Range code) {
    if (code.count == 0) return;
    out_ += std::string("  ") + title + "\n" + list_.code(code, "    ");
  }

  const format::View& view_;
  Listing list_;
  std::string out_;
};

// The row whose name is `wanted`; a failure that suggests the nearest name.
template <typename Rows, typename Name>
Result<uint32_t> find(const Rows& rows, const std::string& wanted, const char* what, const Name& name) {
  std::vector<std::string> known;
  for (uint32_t i = 0; i < rows.size(); ++i) {
    known.emplace_back(name(rows[i]));
    if (known.back() == wanted) return i;
  }
  const std::string near = nearest(wanted, known);
  return Failure{std::string("the bundle has no ") + what + " `" + wanted + "`" +
                 (near.empty() ? "" : "; did you mean `" + near + "`?")};
}

}  // namespace

Result<std::string> dump(const guardvm::Bundle& bundle, const DumpOptions& options) {
  uint32_t rule = format::kNone, kind = format::kNone;
  if (options.rule) {
    const auto found = find(bundle.view().Rules, *options.rule, "rule",
                            [&](const format::RuleRow& row) { return bundle.text(row.id); });
    if (!found.ok()) return Failure{found.error()};
    rule = found.value();
  }
  if (options.kind) {
    const auto found = find(bundle.view().Kinds, *options.kind, "kind",
                            [&](const format::KindRow& row) { return bundle.text(row.name); });
    if (!found.ok()) return Failure{found.error()};
    kind = found.value();
  }
  return Dump(bundle).run(rule, kind);
}

}  // namespace guard::codegen
