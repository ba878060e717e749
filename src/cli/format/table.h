// Text in columns. Pure. Source of the layout: Docker's tables, Go's text/tabwriter with a least width of 10
// and three blanks between columns.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/format/screen.h"

namespace cove::cli::format {

struct Column {
  bool flexible = false;                       // may be shortened where the table is too wide
  Style (*style)(std::string_view) = nullptr;  // of a cell's text
};

// Cells end at '\t', lines at '\n'; the last cell of a line belongs to no column and is not filled up. A
// column's width is that of the lines next to each other that have it. The first line is the heading, which
// has no style.
//
// On a screen of too few columns the widest flexible columns of `columns` give way: their cells end in "…". A
// heading is never shortened, nor anything below eight columns. What is still too wide stays so.
[[nodiscard]] std::string lay_out_table(std::string_view text, std::span<const Column> columns,
                                        const Screen& screen);

}  // namespace cove::cli::format
