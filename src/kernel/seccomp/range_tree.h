// A binary search as BPF code: over call numbers, or over the values of one argument word. Internal to
// kernel/seccomp.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernel/seccomp/assembler.h"

namespace cove::seccomp {

// From `first` up to the next range's: go to `target`.
struct TargetRange {
  uint32_t first = 0;
  Label target = 0;
};

// Appends, or lengthens the last range if it has the same target. `first` must not fall.
void append_range(std::vector<TargetRange>& ranges, TargetRange range);

// Code that looks the accumulator up in `ranges`: sorted, not empty, the first from 0.
Label add_range_tree(Assembler& assembler, std::span<const TargetRange> ranges);

}  // namespace cove::seccomp
