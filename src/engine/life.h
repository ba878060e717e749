// What is true of a container, and its end. Called by the process that the user started, and by the helpers
// of the monitor.
#pragma once

#include <string_view>

#include "base/result.h"
#include "engine/store.h"

namespace cove::engine {

// What `ps` calls it.
enum class Condition : uint8_t { created, running, paused, restarting, exited, removing, dead };
std::string_view condition_name(Condition condition) noexcept;

// Whether the process of the state is there still, in this boot.
[[nodiscard]] bool process_lives(const State& state);
[[nodiscard]] bool monitor_lives(const State& state);

// By looking at the kernel; changes nothing.
[[nodiscard]] Condition condition_of(const Container& container);
// The same for one whose directory is not open.
[[nodiscard]] Condition condition_of(const Roots& roots, const Record& record, const State& state);
[[nodiscard]] inline bool is_up(Condition condition) noexcept {
  return condition == Condition::running || condition == Condition::paused;
}

// How process 1 ended, if somebody saw it: a status of wait4(2).
struct EndSeen {
  std::optional<int> wait_status;
  bool policy = true;  // somebody is there who would start it again
};

// What is to be done after an end.
enum class AfterEnd : uint8_t { nothing, removed, restart };

// Under the lock. Kills what is left in the container's cgroup, removes the cgroup and what the launch had
// made, writes the state; then its policy decides: removal (--rm), another start, or nothing.
Result<AfterEnd> end_container(const Roots& roots, Container& container, const EndSeen& seen);

// Under the lock: if the container's process has ended and nobody is left who would say so, does what
// end_container() does; a removal that was broken off is brought to its end. `container.state` is true
// afterwards. ErrorCode::not_found: the container is removed now.
Status reconcile(const Roots& roots, Container& container);

// Until the end of process 1 is on record, which may have happened already: waits for whoever is to put it
// there, or does it. False: it is not by `patience_ms`. ErrorCode::not_found: the container is removed now.
Result<bool> await_record(const Roots& roots, const State& before, const std::string& id, int patience_ms);

// Whether the policy brings it back after an end of this state, which is written already.
[[nodiscard]] bool wants_restart(const Record& record, const State& state) noexcept;

// Removes a container that does not run, with its anonymous volumes if `volumes`. Under the lock.
Status remove_container(const Roots& roots, Container& container, bool volumes);

// Of this boot: /proc/sys/kernel/random/boot_id.
Result<std::string> boot_id();

}  // namespace cove::engine
