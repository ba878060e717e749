// What takes disk below the data root, a kind of object after the other: for `cove system df`. A kind is a
// row of the table kDiskKinds in disk_usage.cc and one function that measures it.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/format/list.h"
#include "engine/images.h"
#include "engine/roots.h"

namespace cove::cli {

struct DiskUse {
  unsigned total = 0;               // objects
  unsigned active = 0;              // of them in use
  uint64_t bytes = 0;               // of all
  uint64_t unused = 0;              // of those that are not in use: what removing them would free
  std::vector<format::Value> rows;  // an object each, with the fields of DiskKind::list
};

struct DiskKind {
  std::string_view type;   // "Containers", as the table calls it
  std::string_view title;  // "Containers space usage:"
  std::string_view key;    // of the rows in --format json with -v
  format::ListSpec list;   // the table of -v
  Result<DiskUse> (*measure)(const engine::Roots& roots, int64_t now);
};
// In Docker's order.
extern const std::span<const DiskKind> kDiskKinds;

// By id, how many containers each image has: those with any are in use. A layer counts once, however many
// images have it, and as unused if none of them is in use.
[[nodiscard]] DiskUse image_disk_use(const std::vector<engine::ListedImage>& images,
                                     const std::map<std::string, unsigned>& users, int64_t now);

// The fields of a kind's row, as `cove system df` shows it.
extern const format::ListSpec kDiskUseList;
[[nodiscard]] format::Value disk_use_row(std::string_view type, const DiskUse& use);

}  // namespace cove::cli
