// What the command lines of the commands on images fill. The tables are part of `cove`, which shows help and
// completes words; the commands are carried out by the program cove-images (program/commands.h).
#pragma once

#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/format/list.h"
#include "cli/option.h"

namespace cove::cli {

struct ImagesRequest {
  format::ListOptions list;
  bool all = false;
  bool digests = false;
  std::vector<std::string> filters;
};
struct RmiRequest {
  bool force = false;
  bool no_prune = false;
};
struct HistoryRequest {
  format::ListOptions list;
  bool human = true;
};
struct SaveRequest {
  std::string output;                     // empty: standard output
  std::string format = "docker-archive";  // or oci-archive, oci, dir
};
struct LoadRequest {
  std::string input;  // empty: standard input
  bool quiet = false;
};
struct ImportRequest {
  std::vector<std::string> changes;
  std::string message;
  std::string platform;
};
struct CommitRequest {
  std::vector<std::string> changes;
  std::string author;
  std::string message;
  bool pause = true;
};
struct ImageInspectRequest {
  std::string format;
};
struct ImagePruneRequest {
  bool all = false;
  bool force = false;
  std::vector<std::string> filters;
};
struct FsckRequest {
  bool quick = false;
  bool repair = false;
};

extern const OptionGroup kImagesOptions;
extern const OptionGroup kRmiOptions;
extern const OptionGroup kHistoryOptions;
extern const OptionGroup kSaveOptions;
extern const OptionGroup kLoadOptions;
extern const OptionGroup kImportOptions;
extern const OptionGroup kCommitOptions;
extern const OptionGroup kImageInspectOptions;
extern const OptionGroup kImagePruneOptions;
extern const OptionGroup kFsckOptions;

extern const CommandGroup kImageCommands;  // `cove image …`

}  // namespace cove::cli
