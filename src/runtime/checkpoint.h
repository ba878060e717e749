// Writing a container's processes into files, by the program criu (criu(8), "dump" and "pre-dump").
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/criu_request.h"
#include "runtime/operations.h"

namespace cove::runtime {

struct CheckpointOptions {
  std::string id;
  CriuOptions criu;
  std::string parent_path;       // of an earlier pre-dump, relative to the images
  std::string page_server;       // ADDRESS:PORT that takes the memory instead of a file
  std::optional<int> status_fd;  // gets a NUL byte once lazy pages are served
  bool leave_running = false;
  bool pre_dump = false;  // the memory alone, and the container goes on
};

// What is seen of the container, besides its record and its configuration.
struct DumpFacts {
  std::vector<std::string> masked_files;  // of linux.maskedPaths, those that are no directories
  // The external mounts: what their targets are, symbolic links of the image being followed, and their names.
  std::vector<std::pair<std::string, std::string>> mounts;
  std::vector<std::pair<std::string, ino_t>> namespaces;  // joined ones that stay as they are, by kind
};

// The request without its descriptors. Pure. Error invalid_argument: options that contradict each other or
// can't be meant.
Result<criu::Request> dump_request(const CheckpointOptions& options, const Record& record,
                                   const spec::Spec& spec, const DumpFacts& facts);

// The container is ended and deleted when it is on disk, unless `leave_running` or `pre_dump`. If criu is
// missing or fails, it goes on.
Status checkpoint(const Settings& settings, const CheckpointOptions& options, const Warn& warn);

}  // namespace cove::runtime
