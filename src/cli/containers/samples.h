// What containers use, taken again and again: for `cove stats` and `cove top`.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/life.h"
#include "engine/usage.h"

namespace cove::cli {

struct Sample {
  std::string reference;  // what the user called it; else its id
  std::string id;
  std::string name;
  std::string command;
  engine::Condition condition = engine::Condition::created;
  engine::Usage usage;  // empty unless it is up
  // Since the last sample; nothing in the first.
  std::optional<double> cpu_percent;
  std::optional<double> io_rate;   // bytes/s of block devices, both ways
  std::optional<double> net_rate;  // bytes/s, both ways
};

class Sampler {
 public:
  // `references`: those containers, running or not, in this order, and one that is not there is an error.
  // None: all that are up, or all at all, the newest first.
  Result<std::vector<Sample>> take(const engine::Roots& roots, std::span<const std::string> references,
                                   bool all);

 private:
  struct Before {
    uint64_t start_time = 0;
    uint64_t taken_ns = 0;
    engine::Usage usage;
  };
  Sample sample(const engine::Container& container, std::string reference);

  std::map<std::string, Before> before_;  // by id
};

}  // namespace cove::cli
