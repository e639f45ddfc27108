// The message parser. A brace opens a name; `{{` and `}}` are braces.
#include "check/messages.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

#include "check/names.hpp"
#include "check/operands.hpp"

namespace guard::check {

namespace {

using K = Condition::Kind;

// A quantifier of the rule's condition, in pre-order.
struct Quantifier {
  const Condition* condition;
  uint32_t number;
  bool witness_is;
  bool nested;  // inside another one
};

bool is_quantifier(K kind) {
  return kind == K::Any || kind == K::All || kind == K::AtLeast || kind == K::AtMost || kind == K::Exactly;
}

// `positive`: the condition being true is what makes the rule fire.
void collect(const Condition& c, bool positive, bool nested, uint32_t& next, std::vector<Quantifier>& out) {
  if (is_quantifier(c.kind)) {
    // What fires `at most` is too few elements or, negated, one of the too many.
    const bool witness_is = c.kind == K::AtMost ? !positive : positive;
    out.push_back({&c, next++, witness_is, nested});
    collect(c.children[0], positive, true, next, out);
    return;
  }
  for (const Condition& child : c.children) collect(child, positive != (c.kind == K::Not), nested, next, out);
}

class Message {
 public:
  Message(Context& context, const Site& site, const syntax::Text& text, const Condition& condition)
      : context_(context), site_(site), text_(text) {
    uint32_t next = 0;
    collect(condition, true, false, next, quantifiers_);
    // Offsets in the value are offsets in the source when nothing was escaped.
    exact_ = context.sources.text(text.span).size() == text.value.size() + 2;
  }

  std::optional<std::vector<MessagePart>> build() {
    if (text_.value.size() > limits::kMessageBytes.value) {
      context_.exceeded(limits::kMessageBytes, text_.span);
      return std::nullopt;
    }
    const std::string& text = text_.value;
    for (size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      if ((c == '{' || c == '}') && i + 1 < text.size() && text[i + 1] == c) {
        literal(c);
        ++i;
      } else if (c == '{') {
        const size_t close = text.find('}', i);
        if (close == std::string::npos) {
          bad(i, text.size(), "the brace is not closed; write `{{` for the character");
          break;
        }
        part(i + 1, close);
        i = close;
      } else if (c == '}') {
        bad(i, i + 1, "nothing is open here; write `}}` for the character");
      } else {
        literal(c);
      }
    }
    if (!good_) return std::nullopt;
    return std::move(parts_);
  }

 private:
  Span span_of(size_t begin, size_t end) const {
    if (!exact_) return text_.span;
    const auto base = text_.span.begin + 1;
    return {text_.span.file, base + static_cast<uint32_t>(begin), base + static_cast<uint32_t>(end)};
  }
  void bad(size_t begin, size_t end, std::string why) {
    context_.report(site_, DiagId::BadMessage, span_of(begin, end), std::move(why));
    good_ = false;
  }
  void literal(char c) {
    if (parts_.empty() || parts_.back().kind != MessagePart::Kind::Literal) parts_.emplace_back();
    parts_.back().text += c;
  }
  void literal(const std::string& text) {
    for (char c : text) literal(c);
  }

  // "a.b" as a path; nothing when it is none.
  std::optional<syntax::Path> path_of(size_t begin, size_t end) const {
    syntax::Path path;
    path.span = span_of(begin, end);
    size_t at = begin;
    while (true) {
      const size_t part = at;
      while (at < end && (std::isalnum(static_cast<unsigned char>(text_.value[at])) != 0 || text_.value[at] == '_'))
        ++at;
      if (at == part || (text_.value[part] >= '0' && text_.value[part] <= '9')) return std::nullopt;
      path.parts.push_back({text_.value.substr(part, at - part), span_of(part, at)});
      if (at == end) return path;
      if (text_.value[at++] != '.') return std::nullopt;
    }
  }

  std::optional<syntax::Operand> operand_of(size_t begin, size_t end) const {
    syntax::Operand operand;
    operand.span = span_of(begin, end);
    const size_t open = text_.value.find('[', begin);
    const bool lookup = open < end;
    auto path = path_of(begin, lookup ? open : end);
    if (!path) return std::nullopt;
    operand.path = std::move(*path);
    if (!lookup) return operand;
    const size_t close = text_.value.find(']', open);
    if (close >= end) return std::nullopt;
    auto key = path_of(open + 1, close);
    if (!key) return std::nullopt;
    syntax::Operand inner;
    inner.span = key->span;
    inner.path = std::move(*key);
    operand.key.push_back(std::move(inner));
    if (close + 1 == end) return operand;
    if (text_.value[close + 1] != '.') return std::nullopt;
    auto rest = path_of(close + 2, end);
    if (!rest) return std::nullopt;
    operand.rest = std::move(*rest);
    return operand;
  }

  void part(size_t begin, size_t end) {
    const auto operand = operand_of(begin, end);
    if (!operand) {
      bad(begin, end, "braces hold a name; write `{{` for the character");
      return;
    }
    if (element(*operand)) return;
    const Found found = find_operand(context_, site_, *operand);
    switch (found.kind) {
      case Found::Kind::Error:
        good_ = false;
        return;
      case Found::Kind::Literal:
        literal(literal_text(*found.literal));
        return;
      case Found::Kind::Value:
        value(found.operand, *operand, leaf_of(context_, site_, found.operand));
        return;
      case Found::Kind::Record:
      case Found::Kind::Word:
      case Found::Kind::Define:
      case Found::Kind::Window:
        break;
    }
    bad(begin, end, "`" + text_.value.substr(begin, end - begin) + "` has no value to quote");
  }

  bool quotable(const Operand& operand, const Leaf* leaf) {
    const TypeKind kind = operand.type.kind;
    if (kind == TypeKind::List || kind == TypeKind::Presence || kind == TypeKind::Signal) {
      context_.report(site_, DiagId::BadMessage, operand.span,
                      "a " + type_name(context_, operand.type) + " cannot be quoted; name one of its attributes");
      good_ = false;
      return false;
    }
    const bool key_sensitive = !operand.key.empty() && operand.key[0].from == Operand::From::Leaf &&
                               context_.leaf(site_.kind, LeafId{operand.key[0].index}).sensitive;
    if ((leaf != nullptr && leaf->sensitive) || key_sensitive) {
      context_.report(site_, DiagId::SensitiveMessage, operand.span, "`" + operand.text + "` is sensitive");
      good_ = false;
      return false;
    }
    return true;
  }

  void value(Operand operand, const syntax::Operand& syntax, const Leaf* leaf) {
    operand.text = written(syntax);
    if (!quotable(operand, leaf)) return;
    MessagePart part;
    part.kind = MessagePart::Kind::Value;
    part.operand = std::move(operand);
    parts_.push_back(std::move(part));
  }

  static std::string written(const syntax::Operand& operand) {
    std::string out = dotted(operand.path);
    if (!operand.key.empty()) out += "[" + dotted(operand.key[0].path) + "]";
    if (operand.rest) out += "." + dotted(*operand.rest);
    return out;
  }

  // Whether the path begins with the name of a quantifier's element; if so it is handled.
  bool element(const syntax::Operand& syntax) {
    const std::string& name = syntax.path.parts[0].text;
    std::vector<const Quantifier*> named;
    for (const Quantifier& q : quantifiers_) {
      if (q.condition->variable == name) named.push_back(&q);
    }
    if (named.empty()) return false;
    if (named.size() > 1) {
      context_
          .report(site_, DiagId::AmbiguousName, syntax.path.parts[0].span,
                  "several quantifiers call their element `" + name + "`")
          .help("give them different names");
      good_ = false;
      return true;
    }
    const Quantifier& q = *named[0];
    if (q.nested) {
      context_.report(site_, DiagId::BadMessage, syntax.span, "an element of an inner quantifier cannot be quoted");
      good_ = false;
      return true;
    }
    Site inner = site_;
    Variable variable;
    const syntax::Name variable_name = syntax.path.parts[0];
    variable.name = &variable_name;
    variable.row = q.condition->operand.type.kind == TypeKind::List;
    if (variable.row)
      variable.list = LeafId{q.condition->operand.index};
    else
      variable.element = element_type(q.condition->operand.type);
    inner.variables.push_back(variable);
    const Found found = find_operand(context_, inner, syntax);
    if (found.kind == Found::Kind::Error) {
      good_ = false;
      return true;
    }
    if (found.kind != Found::Kind::Value) {
      context_.report(site_, DiagId::BadMessage, syntax.span, "`" + name + "` is a row; name one of its attributes");
      good_ = false;
      return true;
    }
    const Leaf* leaf =
        variable.row ? leaf_of(context_, inner, found.operand) : leaf_of(context_, site_, q.condition->operand);
    Operand operand = found.operand;
    operand.text = written(syntax);
    if (!quotable(operand, leaf)) return true;
    MessagePart part;
    part.kind = MessagePart::Kind::Element;
    part.operand = std::move(operand);
    part.quantifier = q.number;
    part.witness_is = q.witness_is;
    parts_.push_back(std::move(part));
    return true;
  }

  Context& context_;
  const Site& site_;
  const syntax::Text& text_;
  std::vector<Quantifier> quantifiers_;
  std::vector<MessagePart> parts_;
  bool exact_ = false;
  bool good_ = true;
};

}  // namespace

std::optional<std::vector<MessagePart>> build_message(Context& context, const Site& site, const syntax::Text& text,
                                                      const Condition& condition) {
  return Message(context, site, text, condition).build();
}

}  // namespace guard::check
