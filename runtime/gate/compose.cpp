// See compose.hpp.
#include "gate/compose.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <map>

#include "gate/digest.hpp"
#include "gate/edit.hpp"
#include "gate/folder.hpp"
#include "guardvm/limits.hpp"
#include "log/files.hpp"
#include "read/json_writer.hpp"
#include "read/reader.hpp"
#include "read/values.hpp"

namespace guardvm::gate {

namespace {

using format::kNone;

struct Composer {
  const Bundle& bundle;
  const Settings& settings;
  const format::KindRow& kind;
  JsonValue record;
  Composed& out;
  std::vector<Edit> edits;

  std::vector<std::string_view> keys(uint32_t leaf) const { return keys_of(bundle, leaf_of(bundle, kind, leaf)); }

  void instant() {
    if (kind.now == kNone) return;
    const JsonValue own = value_at(record, keys(kind.now));
    if (own.there()) {
      int64_t ns = 0;
      std::string text;
      // What is no timestamp stays, for the reader to refuse.
      if (!own.append_text(text) || !parse_timestamp(text, ns)) return;
      const int64_t skew = int64_t{kLimitGateSkewSeconds} * kSecond_ns;
      const bool far = ns < settings.started_ns - skew || ns > settings.started_ns + skew;
      if (far && settings.compare_time) {
        out.too_far = true;
        out.given.has_at = true;  // the reader finds that they differ
        out.given.at_ns = settings.instant_ns;
        return;
      }
    }
    std::string json;
    JsonWriter(json).instant(settings.instant_ns);
    edits.push_back({keys(kind.now), std::move(json)});
  }

  // What is wrong with the folder or one of its files; empty: nothing. A signal without a file is missing, whatever the
  // record says of it.
  std::string signals() {
    const std::string& folder = settings.inputs.signals;
    if (folder.empty()) return {};
    if (::access(folder.c_str(), R_OK | X_OK) != 0) return log::io_error("read the folder", folder).message;
    const Loaded<std::vector<std::string>> listed = files_of(folder);
    if (!listed.ok()) return listed.error().message;
    std::vector<std::string> strangers = listed.value();
    JsonText text;
    for (uint32_t i = 0; i < kind.leaves.count; ++i) {
      const format::LeafRow& row = leaf_of(bundle, kind, i);
      if (row.type != format::Type::Signal) continue;
      const std::string name = std::string(bundle.text(row.path)) + ".json";
      std::erase(strangers, name);
      const bool own = value_at(record, keys_of(bundle, row)).there();
      if (own)
        out.notes.push_back("the action's own signal `" + std::string(bundle.text(row.path)) +
                            "` does not count: signals come from the folder");
      const std::string path = folder + '/' + name;
      if (::access(path.c_str(), F_OK) != 0) {
        if (own) edits.push_back({keys_of(bundle, row), {}});
        continue;
      }
      const Loaded<std::string> bytes = log::read_file(path, kLimitGateFileBytes);
      if (!bytes.ok()) return bytes.error().message;
      if (!text.parse(bytes.value())) return "the signal `" + path + "` is not JSON: " + text.problem();
      edits.push_back({keys_of(bundle, row), std::string(text.value().raw())});
    }
    for (const std::string& name : strangers)
      out.notes.push_back("`" + name + "` in the folder of signals is no signal of the kind `" +
                          std::string(bundle.text(kind.name)) + "`");
    return {};
  }

  std::string approval_row(const Approval& approval) const {
    const format::Range columns = leaf_of(bundle, kind, kind.approvals).columns;
    const auto column = [&](uint32_t i) { return keys_of(bundle, bundle.view().Leaves[columns.first + i]); };
    std::vector<Edit> cells(3);
    cells[0].path = column(kind.approval_by);
    append_json_string(cells[0].json, approval.by);
    cells[1].path = column(kind.approval_groups);
    JsonWriter groups(cells[1].json);
    groups.open('[');
    for (const std::string& group : approval.groups) groups.text(group);
    groups.close(']');
    cells[2].path = column(kind.approval_at);
    JsonWriter(cells[2].json).instant(approval.at_ns);
    std::string row;
    append_edited(row, JsonValue(), cells);
    return row;
  }

  bool own_approvals_count() const { return settings.inputs.approvals.empty() && settings.inputs.keyring == nullptr; }

  std::string approval_rows(const std::vector<Approval>& given) const {
    std::string rows = "[";
    const auto add = [&](std::string_view row) {
      if (rows.size() > 1) rows += ',';
      rows += row;
    };
    if (own_approvals_count())
      for (JsonElements e(value_at(record, keys(kind.approvals))); e.next();) add(e.value().raw());
    for (const Approval& approval : given) add(approval_row(approval));
    return rows + ']';
  }

  // A list is there always; one that is not a list stays, for the reader to refuse.
  void approvals(const std::vector<Approval>& given) {
    if (kind.approvals == kNone) return;
    const JsonValue own = value_at(record, keys(kind.approvals));
    if (!own.there() || own.is_array()) edits.push_back({keys(kind.approvals), approval_rows(given)});
  }

  void note_own_approvals() {
    if (kind.approvals == kNone || own_approvals_count()) return;
    size_t own = 0;
    for (JsonElements e(value_at(record, keys(kind.approvals))); e.next();) ++own;
    if (own > 0)
      out.notes.push_back(own == 1 ? "the action's own approval does not count: approvals come from the folder"
                                   : "the action's own " + std::to_string(own) +
                                         " approvals do not count: approvals come from the folder");
  }

  void write() {
    out.record.clear();
    append_edited(out.record, record, edits);
  }
};

// When the first person's approvals are over: each counts until the last of theirs expires.
void note_expiry(const std::vector<Approval>& counted, Composed& out) {
  std::map<std::string_view, int64_t> last;
  for (const Approval& each : counted) {
    int64_t& expires = last.try_emplace(each.by, each.expires_ns).first->second;
    expires = std::max(expires, each.expires_ns);
  }
  for (const auto& [person, expires] : last) {
    out.expires_ns = out.expires ? std::min(out.expires_ns, expires) : expires;
    out.expires = true;
  }
}

}  // namespace

Loaded<Composed> compose(const Bundle& bundle, std::string_view record, const Settings& settings) {
  Composed out;
  out.record = record;
  out.given = {settings.kind, false, 0, settings.strict};
  JsonText text;
  if (!text.parse(record) || !text.value().is_object()) return out;
  const uint32_t kind = kind_of(bundle, text.value(), settings.kind);
  if (kind == kNone) return out;

  Composer composer{bundle, settings, bundle.view().Kinds[kind], text.value(), out, {}};
  composer.instant();
  if (std::string problem = composer.signals(); !problem.empty()) return LoadError{std::move(problem)};
  composer.note_own_approvals();
  const size_t without_approvals = composer.edits.size();
  composer.approvals({});
  composer.write();
  if (settings.inputs.approvals.empty() || composer.kind.approvals == kNone || out.too_far) return out;

  Reader reader(bundle);
  Action action;
  ReadError error;
  if (!reader.read(out.record, out.given, action, error)) return out;
  const Loaded<std::string> digest = action_digest(bundle, action);
  if (!digest.ok()) return digest.error();
  const std::string_view actor =
      composer.kind.actor == kNone ? std::string_view() : action.slots[composer.kind.actor].string();
  Loaded<Approvals> given =
      read_approvals(settings.inputs.approvals, settings.inputs.keyring, digest.value(), actor, settings.instant_ns);
  if (!given.ok()) return given.error();
  out.notes.insert(out.notes.end(), given.value().notes.begin(), given.value().notes.end());
  note_expiry(given.value().counted, out);
  composer.edits.resize(without_approvals);
  composer.approvals(given.value().counted);
  composer.write();
  return out;
}

Loaded<std::string> digest_of_record(const Bundle& bundle, std::string_view record, std::string_view kind) {
  Settings settings;
  settings.kind = kind;
  settings.compare_time = false;
  const Loaded<Composed> composed = compose(bundle, record, settings);
  if (!composed.ok()) return composed.error();
  Reader reader(bundle);
  Action action;
  ReadError error;
  if (!reader.read(composed.value().record, composed.value().given, action, error))
    return LoadError{read_problem(error)};
  return action_digest(bundle, action);
}

std::string read_problem(const ReadError& error) {
  std::string out = "error ";
  out += error_word(error.code);
  if (!error.at.empty()) out += " at " + error.at;
  return out + ": " + error.message;
}

}  // namespace guardvm::gate
