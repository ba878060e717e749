#include "kernel/seccomp/range_tree.h"

namespace cove::seccomp {

void append_range(std::vector<TargetRange>& ranges, TargetRange range) {
  if (!ranges.empty() && ranges.back().first == range.first) ranges.pop_back();
  if (ranges.empty() || ranges.back().target != range.target) ranges.push_back(range);
}

Label add_range_tree(Assembler& assembler, std::span<const TargetRange> ranges) {
  if (ranges.size() == 1) return ranges[0].target;
  // A single value between the same target on both sides: one comparison instead of two.
  if (ranges.size() == 3 && ranges[0].target == ranges[2].target && ranges[1].first + 1 == ranges[2].first) {
    return assembler.add_branch(Jump::if_equal, ranges[1].first, ranges[1].target, ranges[0].target);
  }
  const size_t middle = ranges.size() / 2;
  const Label upper = add_range_tree(assembler, ranges.subspan(middle));
  const Label lower = add_range_tree(assembler, ranges.first(middle));
  return assembler.add_branch(Jump::if_greater_equal, ranges[middle].first, upper, lower);
}

}  // namespace cove::seccomp
