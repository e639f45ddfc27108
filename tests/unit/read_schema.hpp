// A bundle's schema made by hand, for trying the reader alone: specs of kinds and leaves in, a format::View and its
// plan out.
//
//   ReadSchema schema({"kind"}, {{"Environment", {"dev", "staging", "production"}}}, {{"deploy", {…leaves…}, 0}});
//   guardvm::Reader reader(schema.view(), *schema.plan);
//
// pipeline_kinds() is the schema of the language's own example, as the compiler flattens it.
#pragma once
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "guardvm/bundle.hpp"
#include "read/plan.hpp"

namespace guardvm::test {

using format::kNone;
using format::Type;

struct LeafSpec {
  std::string path;  // dotted; the JSON keys, unless `json` says otherwise
  Type type = Type::String;
  Type element = Type::String;  // Set
  bool optional = false, sensitive = false;
  int64_t min = std::numeric_limits<int64_t>::min(), max = std::numeric_limits<int64_t>::max();
  uint8_t scale = 0;
  uint32_t enum_id = kNone;
  uint32_t parent = kNone, signal = kNone;  // leaves of the same kind or row
  std::vector<std::string> json = {};
  std::vector<LeafSpec> columns = {};
};
struct KindSpec {
  std::string name;
  std::vector<LeafSpec> leaves;
  uint32_t now = kNone;
};
struct EnumSpec {
  std::string name;
  std::vector<std::string> words;
};

class ReadSchema {
 public:
  ReadSchema(std::vector<std::string> kind_json, std::vector<EnumSpec> enums, std::vector<KindSpec> kinds)
      : kinds(std::move(kinds)), enums(std::move(enums)) {
    format::MetaRow meta{};
    meta.kind_json = strings(kind_json);
    meta_.push_back(meta);
    for (const EnumSpec& spec : this->enums) {
      format::EnumRow row{};
      row.name = text(spec.name);
      row.words = strings(spec.words);
      enums_.push_back(row);
    }
    for (const KindSpec& spec : this->kinds) {
      format::KindRow row{};
      row.name = text(spec.name);
      row.leaves = leaves(spec.leaves);
      row.now = spec.now;
      kind_rows_.push_back(row);
    }
    plan = make_read_plan(view());
  }

  [[nodiscard]] format::View view() const {
    format::View view;
    view.Meta = meta_;
    view.Bytes = bytes_;
    view.Strings = strings_;
    view.Enums = enums_;
    view.Leaves = leaves_;
    view.Kinds = kind_rows_;
    return view;
  }

  std::vector<KindSpec> kinds;
  std::vector<EnumSpec> enums;
  std::unique_ptr<ReadPlan> plan;

 private:
  format::Text text(std::string_view s) {
    const format::Text out = {static_cast<uint32_t>(bytes_.size()), static_cast<uint32_t>(s.size())};
    bytes_.insert(bytes_.end(), s.begin(), s.end());
    return out;
  }
  format::Range strings(const std::vector<std::string>& list) {
    const format::Range out = {static_cast<uint32_t>(strings_.size()), static_cast<uint32_t>(list.size())};
    for (const std::string& s : list) strings_.push_back(text(s));
    return out;
  }
  static std::vector<std::string> split(const std::string& path) {
    std::vector<std::string> out(1);
    for (const char c : path) {
      if (c == '.')
        out.emplace_back();
      else
        out.back() += c;
    }
    return out;
  }
  format::Range leaves(const std::vector<LeafSpec>& specs) {
    const format::Range out = {static_cast<uint32_t>(leaves_.size()), static_cast<uint32_t>(specs.size())};
    leaves_.resize(leaves_.size() + specs.size());
    for (size_t i = 0; i < specs.size(); ++i) {
      const LeafSpec& spec = specs[i];
      format::LeafRow row{};
      row.path = text(spec.path);
      row.json = strings(spec.json.empty() ? split(spec.path) : spec.json);
      row.columns = spec.type == Type::List ? leaves(spec.columns) : format::Range{0, 0};
      row.min = spec.min;
      row.max = spec.max;
      row.enum_id = spec.enum_id;
      row.parent = spec.parent;
      row.signal = spec.signal;
      row.type = spec.type;
      row.element = spec.element;
      row.optional = spec.optional;
      row.sensitive = spec.sensitive;
      row.scale = spec.scale;
      leaves_[out.first + i] = row;
    }
    return out;
  }

  std::vector<uint8_t> bytes_;
  std::vector<format::Text> strings_;
  std::vector<format::EnumRow> enums_;
  std::vector<format::LeafRow> leaves_;
  std::vector<format::KindRow> kind_rows_;
  std::vector<format::MetaRow> meta_;
};

inline std::vector<EnumSpec> pipeline_enums() {
  return {{"Environment", {"dev", "staging", "production"}},
          {"ActorKind", {"human", "bot"}},
          {"Severity", {"none", "minor", "major", "critical"}},
          {"Signature", {"good", "bad", "unknown", "none"}},
          {"Statement",
           {"select", "insert", "update", "delete", "create_table", "drop_table", "alter_table", "create_index",
            "drop_index", "create_index_concurrently", "truncate", "grant", "revoke", "vacuum", "analyze", "reindex",
            "cluster", "copy"}}};
}

inline std::vector<LeafSpec> pipeline_common() {
  const std::vector<LeafSpec> approval = {
      {.path = "by"}, {.path = "groups", .type = Type::Set}, {.path = "at", .type = Type::Timestamp}};
  return {
      {.path = "service"},
      {.path = "environment", .type = Type::Enum, .enum_id = 0},
      {.path = "actor.id"},
      {.path = "actor.kind", .type = Type::Enum, .enum_id = 1},
      {.path = "actor.groups", .type = Type::Set},
      {.path = "commit.sha"},
      {.path = "commit.branch"},
      {.path = "commit.tags", .type = Type::Set},
      {.path = "commit.signature", .type = Type::Enum, .enum_id = 3},
      {.path = "time", .type = Type::Timestamp},  // 9: the instant
      {.path = "approvals", .type = Type::List, .columns = approval},
      {.path = "incident", .type = Type::Signal},  // 11
      {.path = "incident.severity",
       .type = Type::Enum,
       .enum_id = 2,
       .parent = 11,
       .signal = 11,
       .json = {"incident", "value", "severity"}},
      {.path = "incident.open",
       .type = Type::Int,
       .min = 0,
       .max = 10000,
       .parent = 11,
       .signal = 11,
       .json = {"incident", "value", "open"}},
      {.path = "error_budget", .type = Type::Signal},  // 14
      {.path = "error_budget.value",
       .type = Type::Decimal,
       .min = -10000,
       .max = 10000,
       .scale = 2,
       .parent = 14,
       .signal = 14},
      {.path = "break_glass", .type = Type::Presence},  // 16
      {.path = "break_glass.by", .parent = 16},
      {.path = "break_glass.reason", .sensitive = true, .parent = 16},
      {.path = "break_glass.at", .type = Type::Timestamp, .parent = 16},
  };
}

inline std::vector<KindSpec> pipeline_kinds() {
  const std::vector<LeafSpec> dependency = {{.path = "service"},
                                            {.path = "required", .type = Type::Version},
                                            {.path = "deployed", .type = Type::Version, .optional = true},
                                            {.path = "owner", .type = Type::Presence},
                                            {.path = "owner.team", .parent = 3}};
  auto deploy = pipeline_common();
  deploy.insert(deploy.end(), {{.path = "version", .type = Type::Version},
                               {.path = "previous", .type = Type::Version, .optional = true},
                               {.path = "canary", .type = Type::Int, .min = 0, .max = 100},
                               {.path = "dependencies", .type = Type::List, .columns = dependency},
                               {.path = "soak", .type = Type::Duration, .optional = true}});
  auto migrate = pipeline_common();
  migrate.insert(migrate.end(),
                 {{.path = "database"},
                  {.path = "statements", .type = Type::Set, .element = Type::Enum, .enum_id = 4},
                  {.path = "destructive", .type = Type::Bool},
                  {.path = "rows", .type = Type::Int, .min = 0, .max = 10'000'000'000},
                  {.path = "shards", .type = Type::Set, .element = Type::Int, .optional = true, .min = 0, .max = 99},
                  {.path = "secret", .type = Type::Int, .optional = true, .sensitive = true, .min = 0, .max = 9},
                  {.path = "load", .type = Type::Decimal, .optional = true, .scale = 3, .json = {"meta", "load/avg"}}});
  auto toggle = pipeline_common();
  toggle.insert(toggle.end(),
                {{.path = "flag"}, {.path = "from", .type = Type::Bool}, {.path = "to", .type = Type::Bool}});
  return {{"deploy", deploy, 9}, {"db_migrate", migrate, 9}, {"flag_toggle", toggle, 9}};
}

}  // namespace guardvm::test
