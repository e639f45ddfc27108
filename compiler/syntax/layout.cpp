// Drawing a document: see layout.hpp.
#include "syntax/layout.hpp"

#include <algorithm>

#include "diag/utf8.hpp"

namespace guard::syntax {

namespace {

constexpr uint64_t kNever = uint64_t{1} << 32u;  // wider than any page: what holds it is broken
constexpr uint32_t kIndent = 2;

uint32_t width_of(std::string_view text) {
  uint32_t width = 0;
  for (size_t at = 0; at < text.size();) {
    const utf8::Decoded next = utf8::decode(text, at);
    width += utf8::width(next.code);
    at += next.bytes;
  }
  return width;
}

}  // namespace

void Layout::text(std::string_view text) { ops_.push_back({Kind::Text, width_of(text), std::string(text)}); }

void Layout::comment(std::string_view text, bool own_line) {
  ops_.push_back({own_line ? Kind::OwnLineComment : Kind::Comment, 0, std::string(text)});
}

// For each group and each fill, the width of what must fit on the line if it is not broken: the group itself, or what
// stands up to the next fill, and behind it all up to the next possible break.
std::vector<uint64_t> Layout::measure() const {
  const size_t count = ops_.size();
  std::vector<uint64_t> offset(count + 1, 0);  // drawn on one line, where each op starts
  for (size_t i = 0; i < count; ++i) {
    const Kind kind = ops_[i].kind;
    const bool forced = kind == Kind::Hard || kind == Kind::Comment || kind == Kind::OwnLineComment;
    offset[i + 1] = offset[i] + (forced ? kNever : ops_[i].width);
  }
  std::vector<uint64_t> tail(count + 1, 0);  // from each op to the next possible break
  for (size_t i = count; i > 0; --i) {
    const Op& op = ops_[i - 1];
    const bool break_here = op.kind == Kind::Line || op.kind == Kind::Fill || op.kind == Kind::Hard ||
                            op.kind == Kind::Comment || op.kind == Kind::OwnLineComment;
    tail[i - 1] = break_here ? 0 : op.width + tail[i];
  }
  std::vector<uint64_t> out(count, 0);
  std::vector<size_t> open;  // groups, each with its last fill behind it
  const auto close = [&](size_t from, size_t to) { out[from] = offset[to] - offset[from] + tail[to]; };
  for (size_t i = 0; i < count; ++i) {
    const Kind kind = ops_[i].kind;
    if (kind == Kind::Begin) {
      open.push_back(i);
    } else if (kind == Kind::Fill || kind == Kind::End) {
      if (!open.empty() && ops_[open.back()].kind == Kind::Fill) {
        close(open.back(), i);
        open.pop_back();
      }
      if (kind == Kind::Fill) {
        open.push_back(i);
      } else if (!open.empty()) {
        close(open.back(), i);
        open.pop_back();
      }
    }
  }
  for (const size_t rest : open) close(rest, count);
  return out;
}

class Layout::Artist {
 public:
  Artist(const std::vector<Op>& ops, const std::vector<uint64_t>& needed, uint32_t width)
      : ops_(ops), needed_(needed), width_(width) {}

  std::string draw() {
    for (size_t i = 0; i < ops_.size(); ++i) one(i);
    while (!out_.empty() && out_.back() == '\n') out_.pop_back();
    return std::move(out_);
  }

 private:
  void one(size_t i) {
    const Op& op = ops_[i];
    switch (op.kind) {
      case Kind::Text:
        put(op.text, op.width);
        break;
      case Kind::Line:
        if (broken_.empty() || broken_.back()) {
          new_line();
        } else {
          spaces_ += op.width;
        }
        break;
      case Kind::Fill:
        if ((broken_.empty() || broken_.back()) && !fits(needed_[i])) {
          new_line();
        } else {
          spaces_ += op.width;
        }
        break;
      case Kind::Hard:
        new_line();
        break;
      case Kind::Indent:
        ++depth_;
        break;
      case Kind::Dedent:
        --depth_;
        break;
      case Kind::Begin:
        broken_.push_back(!fits(needed_[i]));
        break;
      case Kind::End:
        broken_.pop_back();
        break;
      case Kind::Comment:
        behind(op.text);
        break;
      case Kind::OwnLineComment:
        own_line(op.text);
        break;
    }
  }

  // What a document starts with stands at the margin, however deep it is.
  [[nodiscard]] uint32_t margin() const { return out_.empty() ? 0 : depth_ * kIndent; }
  [[nodiscard]] uint64_t column() const { return at_start_ ? margin() : column_ + spaces_; }
  [[nodiscard]] bool fits(uint64_t needed) const { return !comment_ends_line_ && column() + needed <= width_; }

  // Spaces at either end are kept back: they are not drawn at the start of a line, nor before a comment or a line end.
  void put(std::string_view text, uint32_t width) {
    if (comment_ends_line_) new_line();
    const size_t first = text.find_first_not_of(' ');
    if (first == std::string_view::npos) {
      spaces_ += width;
      return;
    }
    const size_t last = text.find_last_not_of(' ');
    const auto behind = static_cast<uint32_t>(text.size() - 1 - last);
    spaces_ += static_cast<uint32_t>(first);
    if (at_start_) spaces_ = margin();
    out_.append(spaces_, ' ');
    out_ += text.substr(first, last - first + 1);
    column_ = (at_start_ ? 0 : column_) + spaces_ + width - static_cast<uint32_t>(first) - behind;
    spaces_ = behind;
    at_start_ = false;
  }

  // Does nothing on a line that is still empty: no document has empty lines.
  void new_line() {
    spaces_ = 0;
    if (at_start_) return;
    out_ += '\n';
    at_start_ = true;
    line_before_has_comment_ = comment_ends_line_;
    comment_ends_line_ = false;
  }

  void behind(std::string_view text) {
    spaces_ = 0;
    if (comment_ends_line_ || out_.empty() || (at_start_ && line_before_has_comment_)) {
      own_line(text);
    } else if (at_start_) {
      out_.pop_back();
      out_ += " ";
      out_ += text;
      out_ += '\n';
      line_before_has_comment_ = true;
    } else {
      out_ += " ";
      out_ += text;
      comment_ends_line_ = true;
    }
  }

  void own_line(std::string_view text) {
    new_line();
    put(text, 0);
    comment_ends_line_ = true;
    new_line();
  }

  const std::vector<Op>& ops_;
  const std::vector<uint64_t>& needed_;
  uint32_t width_;
  std::string out_;
  std::vector<bool> broken_;
  uint32_t depth_ = 0;
  uint64_t column_ = 0;
  uint32_t spaces_ = 0;  // asked for, drawn when text follows
  bool at_start_ = true;
  bool comment_ends_line_ = false;
  bool line_before_has_comment_ = false;
};

std::string Layout::draw(uint32_t width) const { return Artist(ops_, measure(), width).draw(); }

}  // namespace guard::syntax
