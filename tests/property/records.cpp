// Random action records; see records.hpp.
#include "records.hpp"

#include <algorithm>
#include <limits>

#include "tests/reference/pattern.hpp"
#include "tests/reference/ruling.hpp"
#include "tests/reference/text_forms.hpp"
#include "tests/reference/windows.hpp"

namespace guard::property {
namespace {

using check::Condition;
using check::TypeKind;
using reference::Wide;

constexpr int64_t kInstantFrom2026 = 1767225600LL * reference::kSecond;
constexpr int64_t kYear = 366 * reference::kDay;

int64_t clamp(Wide value, int64_t low, int64_t high) {
  return static_cast<int64_t>(std::clamp<Wide>(value, low, high));
}
int64_t clamp_instant(Wide value) { return clamp(value, reference::first_instant(), reference::last_instant()); }

std::string utf8(char32_t c) {
  std::string out;
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | (c >> 6));
    out += static_cast<char>(0x80 | (c & 63));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | (c >> 12));
    out += static_cast<char>(0x80 | ((c >> 6) & 63));
    out += static_cast<char>(0x80 | (c & 63));
  } else {
    out += static_cast<char>(0xF0 | (c >> 18));
    out += static_cast<char>(0x80 | ((c >> 12) & 63));
    out += static_cast<char>(0x80 | ((c >> 6) & 63));
    out += static_cast<char>(0x80 | (c & 63));
  }
  return out;
}

// A string that the regular expression matches, more or less at random.
std::string sample(const reference::RegexNode& node, Random& random) {
  using Kind = reference::RegexNode::Kind;
  std::string out;
  switch (node.kind) {
    case Kind::Class: {
      for (const char32_t c : {U'a', U'b', U'-', U'1', U' ', U'x', U'\u00e9'}) {
        bool in = false;
        for (const auto& [low, high] : node.ranges) in = in || (c >= low && c <= high);
        if (in != node.negated && random.chance(50)) return utf8(c);
      }
      return node.ranges.empty() || node.negated ? "z" : utf8(node.ranges[0].first == 0 ? U'k' : node.ranges[0].first);
    }
    case Kind::Sequence:
      for (const reference::RegexNode& child : node.children) out += sample(child, random);
      return out;
    case Kind::Choice:
      return sample(random.pick(node.children), random);
    case Kind::Repeat: {
      const uint32_t most = std::min(node.max.value_or(node.min + 3), node.min + 3);
      for (uint32_t i = static_cast<uint32_t>(random.between(node.min, most)); i > 0; --i)
        out += sample(node.children[0], random);
      return out;
    }
  }
  return out;
}

std::string sample_glob(const std::string& glob, Random& random) {
  std::string out;
  for (size_t i = 0; i < glob.size(); ++i) {
    if (glob[i] == '*')
      out += random.chance(50) ? "" : random.chance(50) ? "ab" : "\xC3\xA9";
    else if (glob[i] == '?')
      out += random.chance(70) ? "b" : "\xE6\x97\xA5";
    else if (glob[i] == '\\' && i + 1 < glob.size())
      out += glob[++i];
    else
      out += glob[i];
  }
  return out;
}

}  // namespace

struct RecordSource::Json {
  struct Member;
  std::string scalar;
  std::vector<Member> members;
  bool object = false;
};
struct RecordSource::Json::Member {
  std::string key;
  Json value;
};

RecordSource::RecordSource(const check::PolicySet& set, uint64_t seed)
    : set_(set), random_(seed), pools_(set.kinds.size()) {
  for (size_t k = 0; k < set.kinds.size(); ++k) {
    collect(k);
    collect_instants(pools_[k], k);
  }
}

void RecordSource::collect(size_t kind) {
  KindPools& pools = pools_[kind];
  const auto id = check::KindId{static_cast<uint32_t>(kind)};
  for (const Condition* condition : reference::conditions_on(set_, id)) collect_condition(pools, *condition, "");
  pools.groups = {"dba", "ops"};
  for (const check::Requirement& requirement : set_.requirements) {
    pools.groups.insert(pools.groups.end(), requirement.from.begin(), requirement.from.end());
    if (requirement.within_ns) pools.ages.push_back(*requirement.within_ns);
  }
  for (const check::BreakGlass& glass : set_.break_glass) pools.ages.push_back(glass.duration_ns);
  pools.ages.push_back(reference::kMinute);
}

void RecordSource::collect_condition(KindPools& pools, const Condition& c, const std::string& list) {
  if (c.kind == Condition::Kind::Linear) {
    for (const check::LinearTerm& term : c.terms) collect_operand(pools, term.operand, c, list);
    const bool times = std::any_of(c.terms.begin(), c.terms.end(), [](const check::LinearTerm& t) {
      return t.operand.type.kind == TypeKind::Timestamp;
    });
    if (times) pools.ages.push_back(c.number);
  } else {
    collect_operand(pools, c.operand, c, list);
    collect_operand(pools, c.second, c, list);
  }
  const std::string inner =
      reference::is_quantifier(c) && c.operand.type.kind == TypeKind::List ? std::to_string(c.operand.index) : list;
  // The element of a set is drawn from the set's pool: its constants are put where the set stands.
  if (reference::is_quantifier(c) && c.operand.type.kind == TypeKind::Set) {
    const std::string place =
        (c.operand.from == check::Operand::From::Column ? list + "." : "") + std::to_string(c.operand.index);
    collect_condition(pools, c.children[0], "element:" + place + "|" + list);
    return;
  }
  for (const Condition& child : c.children) collect_condition(pools, child, inner);
}

void RecordSource::collect_operand(KindPools& pools, const check::Operand& operand, const Condition& c,
                                   const std::string& list) {
  std::string place, row = list;
  if (list.starts_with("element:")) row = list.substr(list.find('|') + 1);
  switch (operand.from) {
    case check::Operand::From::Leaf:
      place = std::to_string(operand.index);
      break;
    case check::Operand::From::Column:
      place = row + "." + std::to_string(operand.index);
      break;
    case check::Operand::From::Element:
      place = list.starts_with("element:") ? list.substr(8, list.find('|') - 8) : "?";
      break;
    case check::Operand::From::Lookup: {
      if (operand.key.empty()) return;
      const check::Operand& key = operand.key[0];
      place = (key.from == check::Operand::From::Column ? row + "." : "") + std::to_string(key.index);
      for (const auto& [text, cells] : set_.data[static_cast<uint32_t>(operand.data)].rows)
        pools.by_place[place].texts.push_back(text);
      return;
    }
  }
  Pool& pool = pools.by_place[place];
  pool.numbers.push_back(c.number);
  pool.numbers.insert(pool.numbers.end(), c.numbers.begin(), c.numbers.end());
  if (c.kind != Condition::Kind::StringMatch) {
    pool.texts.insert(pool.texts.end(), c.texts.begin(), c.texts.end());
    return;
  }
  const std::string& pattern = c.texts[0];
  const auto regex = c.match == check::Match::Regex ? reference::parse_regex(pattern) : std::nullopt;
  for (int i = 0; i < 3; ++i) {
    switch (c.match) {
      case check::Match::StartsWith:
        pool.texts.push_back(pattern + (i == 0 ? "" : "x"));
        break;
      case check::Match::EndsWith:
        pool.texts.push_back((i == 0 ? "" : "x") + pattern);
        break;
      case check::Match::Contains:
        pool.texts.push_back((i == 0 ? "" : "y") + pattern + (i == 1 ? "" : "y"));
        break;
      case check::Match::Glob:
        pool.texts.push_back(sample_glob(pattern, random_));
        break;
      case check::Match::Regex:
        if (regex) pool.texts.push_back(sample(*regex, random_));
        break;
    }
  }
}

// Instants at which something may change, most of them of the year that the constants speak of.
void RecordSource::collect_instants(KindPools& pools, size_t kind) {
  const auto id = check::KindId{static_cast<uint32_t>(kind)};
  std::vector<int64_t> all;
  for (uint32_t w = 0; w < set_.windows.size(); ++w)
    for (const int64_t at : reference::window_boundaries(set_, check::WindowId{w}))
      if (at >= kInstantFrom2026 && at < kInstantFrom2026 + kYear) all.push_back(at);
  random_.shuffle(all);
  all.resize(std::min<size_t>(all.size(), 400));
  // Around the clock changes of that year, where windows are asked.
  if (!all.empty())
    for (const check::Zone& zone : set_.zones)
      for (const check::ZoneRow& row : zone.rows)
        if (row.from_ns >= kInstantFrom2026 && row.from_ns < kInstantFrom2026 + kYear)
          for (int i = 0; i < 12; ++i) all.push_back(row.from_ns + random_.between(-4, 4) * 30 * reference::kMinute);
  for (const check::Exception& exception : set_.exceptions) all.push_back(exception.expires_ns);
  all.push_back(kInstantFrom2026 + 150 * reference::kDay);
  all.push_back(set_.horizon_from_ns);
  if (reference::kind_uses_windows(set_, id)) all.push_back(set_.horizon_to_ns);
  for (int64_t number : pools.by_place[std::to_string(static_cast<uint32_t>(set_.kinds[kind].now))].numbers)
    if (number >= reference::first_instant() && number <= reference::last_instant()) all.push_back(number);
  pools.instants = std::move(all);
}

int64_t RecordSource::instant_near(const KindPools& pools) {
  const int64_t base = random_.pick(pools.instants);
  const std::vector<int64_t> steps = {0,
                                      0,
                                      1,
                                      -1,
                                      reference::kSecond,
                                      -reference::kSecond,
                                      30 * reference::kMinute,
                                      -30 * reference::kMinute,
                                      reference::kDay};
  // Far instants leave the horizon, where windows are errors: seldom.
  const bool far = base < set_.horizon_from_ns || base > set_.horizon_to_ns || base == set_.horizon_to_ns;
  if (far && random_.chance(80))
    return kInstantFrom2026 + random_.between(0, 364) * reference::kDay +
           random_.between(0, 86399) * reference::kSecond;
  return clamp_instant(Wide(base) + random_.pick(steps));
}

int64_t RecordSource::number(const check::Type& type, const Pool& pool, TypeKind kind) {
  int64_t low = type.min, high = type.max;
  if (kind == TypeKind::Enum)
    low = 0, high = static_cast<int64_t>(set_.enums[static_cast<uint32_t>(type.enum_id)].words.size()) - 1;
  if (kind == TypeKind::Bool) low = 0, high = 1;
  if (kind == TypeKind::Duration)
    low = std::numeric_limits<int64_t>::min() + 1, high = std::numeric_limits<int64_t>::max();
  if (low == 0 && high <= 4) return random_.between(low, high);
  Wide value = 0;
  if (!recent_numbers_.empty() && random_.chance(25))
    value = random_.pick(recent_numbers_);
  else if (!pool.numbers.empty() && random_.chance(90))
    value = random_.pick(pool.numbers);
  else
    value = random_.chance(50) ? (random_.chance(50) ? low : high)
                               : random_.between(std::max<int64_t>(low, -20), std::min<int64_t>(high, 20));
  if (random_.chance(40)) value += random_.between(-1, 1);
  const int64_t out = clamp(value, low, high);
  if (kind != TypeKind::Duration) recent_numbers_.push_back(out);
  return out;
}

std::string RecordSource::version_near(const std::string& version) {
  const size_t plus = version.find('+');
  const std::string core = version.substr(0, plus);
  switch (random_.below(7)) {
    case 0:
      return core + "+b." + std::to_string(random_.below(9));
    case 1:
      return core.find('-') == std::string::npos ? core + "-0" : core + ".0";
    case 2:
      return core.find('-') == std::string::npos ? core + "-rc.1" : core.substr(0, core.find('-'));
    case 3:
      return core.find('-') == std::string::npos ? core.substr(0, core.rfind('.')) + ".99" : core + "a";
    default:
      return version;
  }
}

std::string RecordSource::text(const Pool& pool, bool version) {
  std::vector<std::string>& recent = version ? recent_versions_ : recent_texts_;
  std::string out;
  if (!recent.empty() && random_.chance(30)) {
    out = random_.pick(recent);
  } else if (!pool.texts.empty() && random_.chance(85)) {
    out = random_.pick(pool.texts);
  } else if (version) {
    out = random_.chance(50) ? "1.2.3" : "0.9.0-rc.2";
  } else {
    const std::vector<std::string> others = {
        "", "a", "zz", "team-c", "ann", "\xE6\x97\xA5", "tab\there", "\"quoted\\\"", "1"};
    out = random_.pick(others);
  }
  if (version)
    out = version_near(out);
  else if (random_.chance(12))
    out += random_.chance(50) ? "x" : "\n";
  recent.push_back(out);
  return out;
}

std::string RecordSource::person() {
  const std::vector<std::string> persons = {"ann", "bob", "cy", "dee"};
  return !actor_.empty() && random_.chance(25) ? actor_ : random_.pick(persons);
}

std::string RecordSource::string_json(const std::string& text) {
  std::string out = reference::json_string(text);
  if (!random_.chance(5)) return out;
  // Every code point as an escape.
  out = "\"";
  constexpr const char* kHex = "0123456789aBcDeF";
  const auto unit = [&](char32_t c) {
    out += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4) out += kHex[(c >> shift) & 15];
  };
  for (const char32_t c : reference::code_points(text)) {
    if (c < 0x10000) {
      unit(c);
    } else {
      unit(0xD800 + ((c - 0x10000) >> 10));
      unit(0xDC00 + ((c - 0x10000) & 0x3FF));
    }
  }
  return out + "\"";
}

std::string RecordSource::timestamp_json(int64_t ns) {
  std::string out = reference::timestamp_text(ns);
  if (random_.chance(8)) {
    // The same instant at another offset.
    const int64_t minutes = random_.between(-18, 18) * 30;
    const Wide shifted = Wide(ns) + Wide(minutes) * reference::kMinute;
    if (shifted >= reference::first_instant() && shifted <= reference::last_instant()) {
      const int64_t size = minutes < 0 ? -minutes : minutes;
      out = reference::timestamp_text(static_cast<int64_t>(shifted));
      out.pop_back();
      out += std::string(minutes < 0 ? "-" : "+") + static_cast<char>('0' + size / 600) +
             static_cast<char>('0' + size / 60 % 10) + ":" + static_cast<char>('0' + size % 60 / 10) + "0";
    }
  } else if (random_.chance(5) && out.find('.') == std::string::npos) {
    out.insert(out.size() - 1, random_.chance(50) ? ".0" : ".000000000");
  }
  return "\"" + out + "\"";
}

std::string RecordSource::scalar_json(const check::Leaf& leaf, TypeKind kind, const Pool& pool,
                                      const KindPools& pools) {
  if (spoil_ && kind == *spoil_ && random_.chance(60)) {
    spoil_.reset();
    return spoiled(kind);
  }
  switch (kind) {
    case TypeKind::Bool:
      return random_.chance(50) ? "true" : "false";
    case TypeKind::Int:
      return std::to_string(number(leaf.type, pool, kind));
    case TypeKind::Decimal: {
      std::string out = reference::decimal_text(number(leaf.type, pool, kind), leaf.type.scale);
      if (leaf.type.scale > 0 && random_.chance(30))
        while (out.back() == '0') out.pop_back();
      if (out.back() == '.') out.pop_back();
      if (random_.chance(10)) out += out.find('.') == std::string::npos ? ".0" : "00";
      return out;
    }
    case TypeKind::Enum: {
      const auto& words = set_.enums[static_cast<uint32_t>(leaf.type.enum_id)].words;
      return string_json(words[static_cast<size_t>(number(leaf.type, pool, kind))]);
    }
    case TypeKind::String:
      return string_json(text(pool, false));
    case TypeKind::Version:
      return string_json(text(pool, true));
    case TypeKind::Timestamp: {
      const auto before = [&] { return now_ - Wide(random_.pick(pools.ages)); };
      std::vector<Wide> choices = {now_, before(), before(), Wide(now_) + 1};
      for (int64_t n : pool.numbers) choices.push_back(n);
      if (!recent_numbers_.empty()) choices.push_back(random_.pick(recent_numbers_));
      const int64_t out = clamp_instant(random_.pick(choices) + random_.between(-1, 1));
      recent_numbers_.push_back(out);
      return timestamp_json(out);
    }
    case TypeKind::Duration:
      return string_json(reference::duration_text(number(leaf.type, pool, kind)));
    default:
      return "null";
  }
}

std::string RecordSource::leaf_json(const check::Leaf& leaf, const std::string& place, const KindPools& pools) {
  const auto found = pools.by_place.find(place);
  const Pool empty;
  const Pool& pool = found == pools.by_place.end() ? empty : found->second;
  if (leaf.type.kind == TypeKind::List) {
    const size_t rows = random_.below(10) < 3 ? 0 : 1 + random_.below(3);
    std::string out = "[";
    for (size_t i = 0; i < rows; ++i) out += (i == 0 ? "" : ",") + space() + row_json(leaf, place, pools, false);
    return out + space() + "]";
  }
  if (leaf.type.kind != TypeKind::Set) return scalar_json(leaf, leaf.type.kind, pool, pools);
  const size_t count = random_.below(4);
  std::string out = "[";
  for (size_t i = 0; i < count; ++i) out += (i == 0 ? "" : ",") + scalar_json(leaf, leaf.type.element, pool, pools);
  return out + "]";
}

std::string RecordSource::row_json(const check::Leaf& list, const std::string& place, const KindPools& pools,
                                   bool approvals) {
  Json row;
  row.object = true;
  leaves_json(list.columns, place + ".", pools, row, approvals);
  return print(row);
}

void RecordSource::put(Json& root, const std::vector<std::string>& path, std::string scalar) {
  Json* at = &root;
  for (const std::string& key : path) {
    at->object = true;
    const auto found =
        std::find_if(at->members.begin(), at->members.end(), [&](const auto& m) { return m.key == key; });
    if (found == at->members.end()) {
      at->members.push_back({key, Json{}});
      at = &at->members.back().value;
    } else {
      at = &found->value;
    }
  }
  at->scalar = std::move(scalar);
}

void RecordSource::leaves_json(const std::vector<check::Leaf>& leaves, const std::string& prefix,
                               const KindPools& pools, Json& root, bool approvals) {
  const bool top = prefix.empty();
  std::vector<bool> absent(leaves.size(), false);
  for (uint32_t i = 0; i < leaves.size(); ++i) {
    const check::Leaf& leaf = leaves[i];
    const bool parent_absent = leaf.parent != check::kNoLeaf && absent[static_cast<uint32_t>(leaf.parent)];
    absent[i] = parent_absent;
    if (parent_absent) continue;
    const auto is = [&](check::LeafId id) { return top && id == check::LeafId{i}; };
    const bool may_be_absent =
        leaf.optional || leaf.type.kind == TypeKind::Presence || leaf.type.kind == TypeKind::Signal;
    if (may_be_absent && random_.chance(is(kind_->break_glass) ? 55 : leaf.type.kind == TypeKind::Signal ? 22 : 35)) {
      absent[i] = true;
      if (random_.chance(25)) put(root, leaf.json, "null");
      continue;
    }
    if (leaf.type.kind == TypeKind::Presence) {
      put(root, leaf.json, "{}");  // until something stands in it
      continue;
    }
    if (leaf.type.kind == TypeKind::Signal) {
      const std::vector<int64_t> ages = {
          0, 0, leaf.max_age_ns, leaf.max_age_ns / 2, leaf.max_age_ns + 1, -1, 10 * leaf.max_age_ns};
      std::vector<std::string> path = leaf.json;
      path.push_back("as_of");
      put(root, path, timestamp_json(clamp_instant(Wide(now_) - random_.pick(ages))));
      continue;
    }
    std::string json;
    if (is(kind_->now))
      json = timestamp_json(now_);
    else if (is(kind_->actor))
      json = string_json(actor_);
    else if (is(kind_->break_glass_by))
      json = string_json(random_.chance(80) ? actor_ : person());
    else if (is(kind_->break_glass_reason))
      json = random_.chance(90) ? "\"fire\"" : "\"\"";
    else if (is(kind_->break_glass_at)) {
      const std::vector<Wide> starts = {now_, Wide(now_) - reference::kMinute, Wide(now_) - random_.pick(pools.ages),
                                        Wide(now_) - random_.pick(pools.ages) + 1, Wide(now_) + 1};
      json = timestamp_json(clamp_instant(random_.pick(starts)));
    } else if (is(kind_->approvals)) {
      const size_t rows = random_.below(5);
      json = "[";
      for (size_t r = 0; r < rows; ++r) json += (r == 0 ? "" : ",") + row_json(leaf, std::to_string(i), pools, true);
      json += "]";
    } else if (approvals && i == kind_->approval_by)
      json = string_json(person());
    else if (approvals && i == kind_->approval_groups) {
      json = "[";
      for (size_t g = 1 + random_.below(10) % 4; g > 0; --g)
        json += string_json(random_.pick(pools.groups)) + (g == 1 ? "" : ",");
      json += "]";
    } else if (approvals && i == kind_->approval_at) {
      const std::vector<Wide> times = {now_, Wide(now_) - reference::kMinute, Wide(now_) - random_.pick(pools.ages),
                                       Wide(now_) - random_.pick(pools.ages) - 1, Wide(now_) + 1};
      json = timestamp_json(clamp_instant(random_.pick(times)));
    } else if (top && leaf.path == "author")
      json = string_json(person());
    else
      json = leaf_json(leaf, prefix + std::to_string(i), pools);
    put(root, leaf.json, std::move(json));
  }
}

std::string RecordSource::space() {
  if (!odd_layout_) return "";
  const std::vector<std::string> spaces = {"", " ", "\n", "\t ", "\r\n"};
  return random_.pick(spaces);
}

std::string RecordSource::print(Json& json) {
  if (!json.object) return json.scalar;
  if (json.scalar == "null") return "null";
  if (random_.chance(30)) random_.shuffle(json.members);
  std::string out = "{";
  bool first = true;
  for (auto& [key, value] : json.members) {
    out += (first ? "" : ",") + space() + (odd_layout_ ? string_json(key) : reference::json_string(key)) + space() +
           ":" + space() + print(value);
    first = false;
  }
  return out + space() + "}";
}

GeneratedRecord RecordSource::next() {
  GeneratedRecord out;
  const size_t k = random_.below(set_.kinds.size());
  kind_ = &set_.kinds[k];
  const KindPools& pools = pools_[k];
  recent_texts_.clear();
  recent_versions_.clear();
  recent_numbers_.clear();
  actor_.clear();
  actor_ = person();
  now_ = instant_near(pools);
  odd_layout_ = random_.chance(6);
  Json root;
  root.object = true;
  if (!without_kind_) put(root, set_.kind_json, string_json(kind_->name));
  leaves_json(kind_->leaves, "", pools, root, false);
  const std::vector<std::string>& instant = kind_->leaves[static_cast<uint32_t>(kind_->now)].json;
  const unsigned dice = static_cast<unsigned>(random_.below(100));
  if (dice < 5) out.options.kind = kind_->name;
  if (dice >= 3 && dice < 9) out.options.at = reference::timestamp_text(now_);
  if (dice >= 5 && dice < 8 && instant.size() == 1)
    std::erase_if(root.members, [&](const auto& m) { return m.key == instant[0]; });
  if (dice < 3 && set_.kind_json.size() == 1)
    std::erase_if(root.members, [&](const auto& m) { return m.key == set_.kind_json[0]; });
  if (dice == 9) out.options.strict = true;
  if (dice >= 90 && dice < 96) {
    const std::vector<std::string> keys = {"zzz", "a~b", "c/d", "", "kinds", "\xC3\xA9"};
    const std::vector<std::string> values = {"null", "{\"a\":[1,{\"b\":2}]}", "1e300", "\"text\"", "[]", "-0.5E-7"};
    put(root, {random_.pick(keys)}, random_.pick(values));
    if (random_.chance(50) && !root.members.empty()) {
      Json& some = root.members[random_.below(root.members.size())].value;
      if (some.object) put(some, {random_.pick(keys)}, random_.pick(values));
    }
  }
  out.json = space() + print(root) + space();
  return out;
}

}  // namespace guard::property
