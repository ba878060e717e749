#include "cli/text_layout.h"

#include "base/strings.h"

namespace cove::cli {

void append_wrapped(std::string& out, std::string_view text, size_t column, size_t indent, size_t width) {
  bool first = true;
  for (const std::string_view word : split(text, ' ')) {
    if (word.empty()) continue;
    const size_t gap = first ? 0 : 1;
    if (!first && column + gap + word.size() > width) {
      out += '\n';
      out.append(indent, ' ');
      column = indent;
    } else if (!first) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
    first = false;
  }
}

void append_paragraphs(std::string& out, std::string_view text, size_t width) {
  while (const auto line = next_line(text)) {
    if (line->starts_with("  ")) {
      out += *line;
    } else {
      append_wrapped(out, *line, 0, 0, width);
    }
    out += '\n';
  }
}

}  // namespace cove::cli
