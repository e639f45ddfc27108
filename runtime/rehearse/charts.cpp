// See charts.hpp.
#include "rehearse/charts.hpp"

#include <algorithm>

namespace guardvm::rehearse {

namespace {

constexpr int kWidth = 900, kLeft = 44, kTop = 8, kFoot = 20;  // in units of the view box

// The smallest of 1, 2, 4, 5, 10, 20, … that is not smaller.
uint64_t round_up(uint64_t number) {
  for (uint64_t unit = 1;; unit *= 10)
    for (const uint64_t step : {1u, 2u, 4u, 5u})
      if (unit * step >= number) return unit * step;
}

// Tenths as a decimal.
std::string tenths(int64_t value) { return std::to_string(value / 10) + '.' + std::to_string(value % 10); }

void append_text(std::string& out, int x, int y, std::string_view anchor, std::string_view text) {
  out += "<text x=\"" + std::to_string(x) + "\" y=\"" + std::to_string(y) + "\" text-anchor=\"" + std::string(anchor) +
         "\">" + escaped(text) + "</text>";
}

void append_rule(std::string& out, int y) {
  out += "<line x1=\"" + std::to_string(kLeft) + "\" x2=\"" + std::to_string(kWidth) + "\" y1=\"" + std::to_string(y) +
         "\" y2=\"" + std::to_string(y) + "\"/>";
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
    }
  }
  return out;
}

void append_columns(std::string& out, const Bins& bins, std::span<const Series> series, int height) {
  if (bins.counts.empty()) return;
  uint64_t most = 1;
  for (const auto& bin : bins.counts) {
    uint64_t sum = 0;
    for (const Series& each : series) sum += bin[each.count];
    most = std::max(most, sum);
  }
  most = round_up(most);
  const int foot = kTop + height;
  out += "<svg role=\"img\" viewBox=\"0 0 " + std::to_string(kWidth) + ' ' + std::to_string(foot + kFoot) + "\">";
  append_rule(out, kTop);
  append_rule(out, foot);
  append_text(out, kLeft - 6, kTop + 4, "end", grouped(most));
  append_text(out, kLeft - 6, foot + 4, "end", "0");
  const auto count = static_cast<int64_t>(bins.counts.size());
  const int64_t step = int64_t{10} * (kWidth - kLeft) / count;  // in tenths, as the rest
  const int64_t gap = std::min<int64_t>(step / 5, 40), width = std::min<int64_t>(step - gap, 400);
  for (int64_t i = 0; i < count; ++i) {
    const auto& bin = bins.counts[static_cast<size_t>(i)];
    const Day first = bins.first + static_cast<Day>(i) * bins.days;
    std::string title = day_text(first);
    if (bins.days > 1) title += " to " + day_text(std::min(first + bins.days - 1, bins.last));
    std::string rects;
    uint64_t below = 0;
    for (const Series& each : series) {
      const uint64_t n = bin[each.count];
      if (n == 0) continue;
      const auto y = [&](uint64_t value) {
        return static_cast<int64_t>(foot) * 10 -
               static_cast<int64_t>(value * static_cast<uint64_t>(height) * 10 / most);
      };
      // What is there is seen, however small.
      const int64_t top = std::min(y(below + n), y(below) - 10);
      title += ", " + grouped(n) + ' ' + std::string(each.name);
      rects += "<rect class=\"" + std::string(each.kind) + "\" x=\"" + tenths(kLeft * 10 + i * step + gap / 2) +
               "\" y=\"" + tenths(std::max<int64_t>(top, 0)) + "\" width=\"" + tenths(width) + "\" height=\"" +
               tenths(y(below) - std::max<int64_t>(top, 0)) + "\"/>";
      below += n;
    }
    if (!rects.empty()) out += "<g><title>" + escaped(title) + "</title>" + rects + "</g>";
  }
  append_text(out, kLeft, foot + 15, "start", day_text(bins.first));
  if (bins.last > bins.first) append_text(out, kWidth, foot + 15, "end", day_text(bins.last));
  out += "</svg>\n";
}

}  // namespace guardvm::rehearse
