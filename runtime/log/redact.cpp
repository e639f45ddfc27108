// See redact.hpp. The walk follows the reader's own plan, so a value is where the reader would read it.
#include "log/redact.hpp"

#include "log/key.hpp"
#include "read/plan.hpp"
#include "read/values.hpp"

namespace guardvm::log {

namespace {

bool is_scalar(JsonValue value) { return !value.is_object() && !value.is_array(); }

bool is_array_of_scalars(JsonValue value) {
  if (!value.is_array()) return false;
  for (JsonElements e(value); e.next();)
    if (!is_scalar(e.value())) return false;
  return true;
}

}  // namespace

void append_compact(std::string& out, std::string_view json) {
  bool in_string = false;
  for (size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_string) {
      out += c;
      if (c == '\\') out += json[++i];
      if (c == '"') in_string = false;
    } else if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
      out += c;
      in_string = c == '"';
    }
  }
}

std::string digest_of(const Key& key, std::string_view domain, JsonValue value) {
  std::string text;
  if (value.is_string()) {
    text = '"';
    value.append_text(text);
  } else {
    append_compact(text, value.raw());
  }
  return digest_of(key, domain, text);
}

std::string digest_of(const Key& key, std::string_view domain, std::string_view text) {
  return "blake2b:" + key_name(key) + ':' + keyed_digest(key, domain, text);
}

Redactor::Redactor(const Bundle& bundle)
    : bundle_(bundle), plan_(bundle.read_plan()), hides_(plan_.nodes.size(), false) {
  std::vector<uint32_t> list_of(plan_.nodes.size(), 0);  // of the root of its rows
  for (uint32_t i = 1; i < plan_.nodes.size(); ++i)
    if (plan_.nodes[i].op == ReadOp::List) list_of[plan_.nodes[i].detail] = i;
  for (uint32_t i = 1; i < plan_.nodes.size(); ++i) {
    if (!plan_.nodes[i].sensitive) continue;
    for (uint32_t up = i; up != 0 && !hides_[up];) {
      hides_[up] = true;
      up = plan_.links[up].parent != 0 ? plan_.links[up].parent : list_of[up];
    }
  }
}

bool Redactor::hides(uint32_t kind) const {
  if (kind != format::kNone) return hides_[plan_.kinds[kind].root];
  for (const KindPlan& each : plan_.kinds)
    if (hides_[each.root]) return true;
  return false;
}

void Redactor::append(std::string& out, JsonValue record, uint32_t kind, const Key* key,
                      std::vector<std::string>& replaced) {
  if (!hides(kind)) return append_compact(out, record.raw());
  out_ = &out;
  key_ = key;
  replaced_ = &replaced;
  pointer_.clear();
  object(record, plan_.kinds[kind].root);
}

void Redactor::object(JsonValue value, uint32_t node) {
  *out_ += '{';
  bool first = true;
  std::string key;
  for (JsonMembers m(value); m.next();) {
    if (!first) *out_ += ',';
    first = false;
    *out_ += m.key_value().raw();
    *out_ += ':';
    key.clear();
    m.key_value().append_text(key);
    const size_t before = pointer_.size();
    append_pointer_step(pointer_, key);
    const uint32_t child = plan_.find_child(node, key);
    if (child == 0) {
      replace(m.value(), pointer_);
    } else {
      const uint32_t row = plan_.links[child].row;
      this->value(m.value(), child, row == format::kNone ? pointer_ : bundle_.text(bundle_.view().Leaves[row].path));
    }
    pointer_.resize(before);
  }
  *out_ += '}';
}

void Redactor::list(JsonValue value, uint32_t rows) {
  *out_ += '[';
  size_t index = 0;
  for (JsonElements e(value); e.next(); ++index) {
    if (index > 0) *out_ += ',';
    const size_t before = pointer_.size();
    append_pointer_step(pointer_, std::to_string(index));
    if (e.value().is_object())
      object(e.value(), rows);
    else
      replace(e.value(), pointer_);
    pointer_.resize(before);
  }
  *out_ += ']';
}

void Redactor::value(JsonValue value, uint32_t node, std::string_view domain) {
  const PlanNode& plan = plan_.nodes[node];
  bool fits = value.is_null();  // absent: nothing to hide
  if (plan.sensitive && !fits) return replace(value, domain);
  switch (plan.op) {
    case ReadOp::Object:
    case ReadOp::Presence:
    case ReadOp::Signal:
      if (value.is_object()) return object(value, node);
      break;
    case ReadOp::List:
      if (value.is_array()) return list(value, plan.detail);
      break;
    case ReadOp::Set:
      fits = fits || is_array_of_scalars(value);
      break;
    case ReadOp::TooDeep:
      break;
    case ReadOp::Bool:
    case ReadOp::Int:
    case ReadOp::Decimal:
    case ReadOp::String:
    case ReadOp::Enum:
    case ReadOp::Version:
    case ReadOp::Timestamp:
    case ReadOp::Duration:
    case ReadOp::AsOf:
    case ReadOp::Kind:
      fits = fits || is_scalar(value);
      break;
  }
  if (fits)
    append_compact(*out_, value.raw());
  else
    replace(value, domain);
}

void Redactor::replace(JsonValue value, std::string_view domain) {
  *out_ += '"';
  *out_ += digest_of(*key_, domain, value);
  *out_ += '"';
  replaced_->push_back(pointer_);
}

}  // namespace guardvm::log
