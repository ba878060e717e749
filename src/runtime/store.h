// The containers' directories below the runtime's root: one each, named by its id, with its record. Called by
// the process that the user started. Mutating operations hold the directory's lock (flock(2)), which ends
// with its holder.
//
//   state.json   the record, replaced as a whole
//   config.json  a copy of the bundle's, as it was at the creation, with the limits that were changed since
//   start.sock   there while the container waits to be started
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "runtime/options.h"
#include "runtime/record.h"
#include "spec/runtime_spec.h"

namespace cove::runtime {

inline constexpr const char* kRecordFile = "state.json";
inline constexpr const char* kConfigFile = "config.json";
inline constexpr const char* kStartSocket = "start.sock";

// 1 to 1024 of letters, digits and "_+-.", neither "." nor "..", as runc's.
Status check_id(std::string_view id);

class ContainerDirectory {
 public:
  // Makes it, locked. ErrorCode::stale_resource: the id is taken.
  static Result<ContainerDirectory> create(const std::string& root, std::string_view id);
  // ErrorCode::not_found: there is no container of this id. `lock`: wait for whoever works on it.
  static Result<ContainerDirectory> open(const std::string& root, std::string_view id, bool lock);

  [[nodiscard]] int fd() const noexcept { return fd_.get(); }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }  // absolute
  [[nodiscard]] std::string start_socket() const { return path_ + "/" + kStartSocket; }

  Status write_record(const Record& record) const;
  // Nothing: its maker was killed before it could write one.
  [[nodiscard]] Result<std::optional<Record>> read_record() const;
  Status write_config(std::string_view text) const;
  [[nodiscard]] Result<spec::Spec> read_config() const;
  [[nodiscard]] bool waits_for_start() const;
  // Lets others work on it. Then: waits for whoever does; ErrorCode::not_found if it was removed meanwhile.
  [[nodiscard]] Status unlock() const;
  [[nodiscard]] Status lock_again() const;
  // The directory with all that is in it. The last thing that happens to a container.
  [[nodiscard]] Status remove() const;

 private:
  ContainerDirectory(UniqueFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}
  UniqueFd fd_;
  std::string path_;
};

// The ids, sorted. A root that does not exist has none.
Result<std::vector<std::string>> list_ids(const std::string& root);

// What the container is doing, by looking at its process.
Result<spec::ContainerStatus> current_status(const ContainerDirectory& directory, const Record& record);

// The state for hooks and `state`; the pid is 0 once it has stopped.
spec::State state_of(const Record& record, spec::ContainerStatus status);

// A container that exists.
struct Container {
  ContainerDirectory directory;
  Record record;
  spec::ContainerStatus status;
};
// ErrorCode::not_found also where there is no record.
Result<Container> open_container(const Settings& settings, std::string_view id, bool lock);

}  // namespace cove::runtime
