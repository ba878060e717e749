// What `cove top` shows, as text for a terminal. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/containers/samples.h"

namespace cove::cli {

enum class TopSort : uint8_t { cpu, memory, io, pids, name };

struct TopView {
  std::vector<Sample> samples;  // see sort_samples
  TopSort sort = TopSort::cpu;
  size_t selected = 0;           // index; of none if there are no samples
  bool help = false;             // instead of the table
  bool log_pane = false;         // below the table
  std::vector<std::string> log;  // its lines, the last ones
  std::string message;           // the last line: a question or what went wrong
  unsigned cpus = 1;             // a full CPU bar
  bool colours = false;
};

struct TopSize {
  size_t rows = 24;
  size_t columns = 80;
};

// The greatest first, names in order; those that do not run last.
void sort_samples(std::vector<Sample>& samples, TopSort sort);

// `rows` lines of at most `columns` columns. The table scrolls so that the selected one is seen. Control
// characters of containers' names, commands and logs are made visible.
std::vector<std::string> render_top(const TopView& view, TopSize size);

// "[###       ]", `width` columns with the brackets; `share` from 0 to 1, more counts as 1.
std::string top_bar(double share, size_t width);

}  // namespace cove::cli
