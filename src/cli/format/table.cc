#include "cli/format/table.h"

#include <algorithm>
#include <optional>

#include "base/strings.h"
#include "cli/format/text_width.h"

namespace cove::cli::format {
namespace {

constexpr size_t kLeastWidth = 10;
constexpr size_t kGap = 3;
constexpr size_t kLeastFlexible = 8;

using Line = std::vector<std::string>;

std::vector<Line> split_lines(std::string_view text) {
  std::vector<Line> lines;
  while (const auto line = next_line(text)) {
    Line cells;
    for (const std::string_view cell : split(*line, '\t')) cells.emplace_back(cell);
    lines.push_back(std::move(cells));
  }
  return lines;
}

size_t padded(size_t width) noexcept {
  return std::max(kLeastWidth, width + kGap);
}

// The widths of the cells in each column, if all lines have as many cells.
std::optional<std::vector<size_t>> uniform_widths(const std::vector<Line>& lines) {
  std::vector<size_t> widths(lines.front().size());
  for (const Line& line : lines) {
    if (line.size() != widths.size()) return std::nullopt;
    for (size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], text_columns(line[i]));
  }
  return widths;
}

size_t total_width(const std::vector<size_t>& widths) noexcept {
  size_t total = widths.back();
  for (size_t i = 0; i + 1 < widths.size(); ++i) total += padded(widths[i]);
  return total;
}

void shorten(std::vector<Line>& lines, std::span<const Column> columns, size_t screen) {
  auto widths = uniform_widths(lines);
  if (!widths || total_width(*widths) <= screen) return;
  const auto floor = [&lines](size_t i) { return std::max(kLeastFlexible, text_columns(lines.front()[i])); };
  std::vector<bool> shortened(widths->size());
  for (size_t i = 0; i < widths->size() && i < columns.size(); ++i) {
    if (!columns[i].flexible || (*widths)[i] <= std::max(screen, floor(i))) continue;
    (*widths)[i] = std::max(screen, floor(i));
    shortened[i] = true;
  }
  while (total_width(*widths) > screen) {
    std::optional<size_t> widest;
    for (size_t i = 0; i < widths->size() && i < columns.size(); ++i) {
      if (!columns[i].flexible || (*widths)[i] <= floor(i)) continue;
      if (!widest || (*widths)[i] > (*widths)[*widest]) widest = i;
    }
    if (!widest) break;
    --(*widths)[*widest];
    shortened[*widest] = true;
  }
  for (Line& line : lines) {
    for (size_t i = 0; i < line.size(); ++i) {
      if (shortened[i]) line[i] = ellipsis(line[i], (*widths)[i]);
    }
  }
}

// For each line the widths of its cells but the last, with the gap.
std::vector<std::vector<size_t>> column_widths(const std::vector<Line>& lines) {
  std::vector<std::vector<size_t>> widths(lines.size());
  bool more = true;
  for (size_t column = 0; more; ++column) {
    more = false;
    size_t first = 0;  // of the lines next to each other that have the column
    size_t width = kLeastWidth;
    for (size_t i = 0; i <= lines.size(); ++i) {
      const bool has = i < lines.size() && column + 1 < lines[i].size();
      if (has) {
        width = std::max(width, padded(text_columns(lines[i][column])));
        more = true;
        continue;
      }
      for (; first < i; ++first) widths[first].push_back(width);
      first = i + 1;
      width = kLeastWidth;
    }
  }
  return widths;
}

}  // namespace

std::string lay_out_table(std::string_view text, std::span<const Column> columns, const Screen& screen) {
  std::vector<Line> lines = split_lines(text);
  if (lines.empty()) return {};
  if (screen.columns != 0) shorten(lines, columns, screen.columns);
  const auto widths = column_widths(lines);
  std::string out;
  for (size_t i = 0; i < lines.size(); ++i) {
    for (size_t k = 0; k < lines[i].size(); ++k) {
      const std::string& cell = lines[i][k];
      const bool dressed = screen.colours && i != 0 && k < columns.size() && columns[k].style != nullptr;
      out += dressed ? styled(cell, columns[k].style(cell)) : cell;
      if (k + 1 < lines[i].size()) out.append(widths[i][k] - text_columns(cell), ' ');
    }
    out += '\n';
  }
  return out;
}

}  // namespace cove::cli::format
