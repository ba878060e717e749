// The containers' directories below DATA/containers, one each, named by its id. Called by the process that
// the user started, and by the helpers of the monitor. Whoever changes a container holds its directory's lock
// (flock(2)), which ends with its holder.
//
//   container.json  the record          both replaced as a whole
//   state.json      the state
//   layer/          the writable layer: see launch.h
//   logs/           the log's files
//   hosts, hostname, resolv.conf        what is mounted over those of /etc
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "engine/record.h"
#include "engine/roots.h"
#include "sys/replace.h"

namespace cove::engine {

inline constexpr const char* kRecordFile = "container.json";
inline constexpr const char* kStateFile = "state.json";
inline constexpr size_t kIdLength = 64;
inline constexpr size_t kShortIdLength = 12;

// What names resources in the kernel: cgroups, overlays, hosts.
[[nodiscard]] inline std::string short_id(std::string_view id) {
  return std::string(id.substr(0, kShortIdLength));
}

class Directory {
 public:
  // Makes it, locked.
  static Result<Directory> create(const Roots& roots, const std::string& id);
  // ErrorCode::not_found: there is no such container (any more). `lock`: wait for whoever works on it.
  static Result<Directory> open(const Roots& roots, const std::string& id, bool lock);
  // Takes over the lock of a process that has passed its descriptor on.
  static Result<Directory> adopt(const Roots& roots, const std::string& id, UniqueFd locked);

  [[nodiscard]] int fd() const noexcept { return fd_.get(); }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }          // below DATA; absolute
  [[nodiscard]] const std::string& run_path() const noexcept { return run_path_; }  // below RUN; absolute

  [[nodiscard]] bool locked() const noexcept { return locked_; }

  // One that is removed at its end lasts no longer than the machine runs, whatever is asked for.
  [[nodiscard]] Status write_record(const Record& record,
                                    sys::Durability durability = sys::Durability::full) const;
  [[nodiscard]] Result<Record> read_record() const;
  [[nodiscard]] Status write_state(const State& state) const;
  // An empty file is what a machine that went down may leave: then it has ended, and nobody knows how.
  [[nodiscard]] Result<State> read_state() const;
  [[nodiscard]] Status unlock();
  // False: somebody else works on it.
  [[nodiscard]] bool try_lock();
  // Whether somebody else works on it. Takes no lock.
  [[nodiscard]] bool busy() const;
  // Both directories with all that is in them; the name is the caller's business. The last thing that happens
  // to a container.
  [[nodiscard]] Status remove() const;

 private:
  Directory(UniqueFd fd, const Roots& roots, const std::string& id, bool locked);
  UniqueFd fd_;
  bool locked_ = false;
  std::string path_;
  std::string run_path_;
};

// A container that exists. `state` is as it was written: see reconcile() in life.h for what is true.
struct Container {
  Directory directory;
  Record record;
  State state;
};

// 64 random hexadecimal digits.
Result<std::string> new_container_id();
// Two words and a number that no container has.
Result<std::string> generate_name(const Roots& roots);

// Takes the name for the id. ErrorCode::stale_resource: somebody has it. One whose container is gone is free.
Status claim_name(const Roots& roots, const std::string& name, const std::string& id);
// Gives it back, if it is this id's.
void release_name(const Roots& roots, const std::string& name, const std::string& id) noexcept;

// The id of NAME, ID, or a beginning of an id that only one container has. ErrorCode::not_found;
// ErrorCode::invalid_argument: more than one has it.
Result<std::string> resolve(const Roots& roots, std::string_view reference);

// A directory without a record, which a killed `create` or `rm` has left, is removed.
Result<Container> open_container(const Roots& roots, std::string_view reference, bool lock);
// From the directory of an id. ENOENT: it has no record.
Result<Container> read_container(Directory directory);

// All ids, in no order. A root that does not exist has none.
Result<std::vector<std::string>> list_ids(const Roots& roots);
// All containers, one at a time, unlocked and in no order: what is on record of them, for those who look at
// many. What vanishes meanwhile or is not whole yet is left out. `broken` is told of one that cannot be read
// (null: nobody is); the others are visited all the same.
using Visit = std::function<void(const Record& record, const State& state)>;
using Broken = std::function<void(const std::string& id, const Error& error)>;
Status each_record(const Roots& roots, const Visit& visit, const Broken& broken);

// All containers that can be read, unlocked, the newest first, with a descriptor each; what is broken or
// vanishes meanwhile is left out (check.h tells about it).
Result<std::vector<Container>> load_all(const Roots& roots);

}  // namespace cove::engine
