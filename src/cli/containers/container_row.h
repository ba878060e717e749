// A container as a row of `cove ps`: Docker's fields and words. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/format/list.h"
#include "cli/format/value.h"
#include "engine/life.h"
#include "engine/record.h"
#include "network/attachment.h"

namespace cove::cli {

struct ContainerSize {
  uint64_t layer_bytes = 0;  // what it has written
  uint64_t root_bytes = 0;   // the root file system below
};

struct ContainerFacts {
  const engine::Record& record;
  const engine::State& state;
  engine::Condition condition = engine::Condition::created;
  std::optional<ContainerSize> size;    // unset: nobody has asked for it
  network::Attachment attachment = {};  // of one that runs: what it has of networks
};

// IMAGE. Without an image the name of the root file system's directory, or "host" for this machine's view.
[[nodiscard]] std::string image_of(const engine::Record& record);
// "sh -c 'echo x'": arguments with a blank are in quotes, as dockerd has it.
[[nodiscard]] std::string command_text(const engine::Record& record);
// "a=b,c=", by key, as Docker's lists have labels.
[[nodiscard]] std::string labels_text(fields::StringMap labels);
// The name of --network: NAME, none, host, or container:ID; of several networks the first.
[[nodiscard]] std::string network_of(const engine::Record& record);
// STATUS: "Up 3 minutes (healthy)".
[[nodiscard]] std::string container_status(const ContainerFacts& facts, int64_t now);
// "0B (virtual 4.2MB)"
[[nodiscard]] std::string size_text(const ContainerSize& size);

struct RowOptions {
  int64_t now = 0;         // nanoseconds since 1970
  bool no_trunc = false;   // whole ids, commands and mounts
  bool short_row = false;  // only what the tables of the two lists below show
};
format::Value container_row(const ContainerFacts& facts, const RowOptions& options);

// The fields of rows, and the tables of them.
extern const format::ListSpec kContainerList;
extern const format::ListSpec kContainerListWithSize;

}  // namespace cove::cli
