// What `cove info` shows: Docker's fields, and its words. Pure.
#pragma once

#include <string>

#include "cli/format/value.h"
#include "engine/machine.h"
#include "engine/roots.h"

namespace cove::cli {

struct InfoFacts {
  engine::Machine machine;
  engine::ContainerCounts containers;
  engine::Roots roots;
  int64_t now = 0;  // nanoseconds since 1970
};

// For --format.
[[nodiscard]] format::Value info_object(const InfoFacts& facts);
// For people, without the warnings: they go to standard error.
[[nodiscard]] std::string info_text(const InfoFacts& facts);

}  // namespace cove::cli
