// Cgroup::usage() and reset_peak(): a handful of small files, read when the sandbox ends.
#include <fcntl.h>
#include <fmt/format.h>

#include <array>
#include <cerrno>

#include "kernel/cgroup/cgroup.h"
#include "kernel/cgroup/cgroup_files.h"
#include "sys/pseudo_file.h"

namespace cove::cgroup {
namespace {

constexpr uint64_t kNsPerUs = 1000;

// One cgroup directory; the text of the file read last.
class Reader {
 public:
  explicit Reader(int directory_fd) noexcept : directory_fd_(directory_fd) {}

  std::string_view read(const char* file) noexcept {
    return keep(sys::read_pseudo(directory_fd_, file, buffer_));
  }
  std::string_view read_open(int fd) noexcept { return keep(sys::read_pseudo_fd(fd, buffer_)); }
  std::optional<uint64_t> counter(const char* file) { return parse_counter(read(file)); }

 private:
  std::string_view keep(ssize_t got) noexcept {
    return {buffer_.data(), got > 0 ? static_cast<size_t>(got) : 0};
  }

  int directory_fd_;
  std::array<char, 16384> buffer_;  // io.stat has a line per device
};

std::optional<uint64_t> microseconds(std::string_view text, std::string_view key) {
  const auto count = find_counter(text, key);
  if (!count) return std::nullopt;
  return *count * kNsPerUs;
}

void read_v2_cpu(Reader reader, Usage& usage) {
  const std::string_view text = reader.read("cpu.stat");
  usage.cpu_total_ns = microseconds(text, "usage_usec");
  usage.cpu_user_ns = microseconds(text, "user_usec");
  usage.cpu_system_ns = microseconds(text, "system_usec");
}

void read_v1_cpu(Reader reader, Usage& usage) {
  usage.cpu_total_ns = reader.counter("cpuacct.usage");
  usage.cpu_user_ns = reader.counter("cpuacct.usage_user");
  usage.cpu_system_ns = reader.counter("cpuacct.usage_sys");
}

void read_v2_memory(Reader reader, int peak_fd, Usage& usage) {
  usage.memory_bytes = reader.counter("memory.current");
  usage.memory_peak_bytes =
      peak_fd >= 0 ? parse_counter(reader.read_open(peak_fd)) : reader.counter("memory.peak");
  usage.swap_bytes = reader.counter("memory.swap.current");
  usage.swap_peak_bytes = reader.counter("memory.swap.peak");
  usage.oom_kills = find_counter(reader.read("memory.events"), "oom_kill");
}

void read_v1_memory(Reader reader, Usage& usage) {
  usage.memory_bytes = reader.counter("memory.usage_in_bytes");
  usage.memory_peak_bytes = reader.counter("memory.max_usage_in_bytes");
  usage.oom_kills = find_counter(reader.read("memory.oom_control"), "oom_kill");
  const auto both = reader.counter("memory.memsw.usage_in_bytes");
  // Two reads of moving numbers: not below zero.
  if (both && usage.memory_bytes)
    usage.swap_bytes = *both > *usage.memory_bytes ? *both - *usage.memory_bytes : 0;
}

void read_pids(Reader reader, Usage& usage) {
  usage.pids = reader.counter("pids.current");
  usage.pids_peak = reader.counter("pids.peak");
  usage.pids_refused = find_counter(reader.read("pids.events"), "max");
}

void set_io(std::optional<IoBytes> bytes, Usage& usage) {
  if (!bytes) return;
  usage.io_read_bytes = bytes->read;
  usage.io_write_bytes = bytes->written;
}

void read_v1_io(Reader reader, Usage& usage) {
  const std::string_view text = reader.read("blkio.throttle.io_service_bytes_recursive");
  if (!text.empty()) set_io(parse_blkio_bytes(text), usage);
}

}  // namespace

Usage Cgroup::usage() const {
  Usage usage;
  if (const int v2 = v2_fd(); v2 >= 0) read_v2_cpu(Reader(v2), usage);
  const auto each = [&](const Open* open, auto read) {
    if (open != nullptr) read(Reader(open->directory.get()));
  };
  if (!usage.cpu_total_ns) each(find(1, "cpuacct"), [&](Reader reader) { read_v1_cpu(reader, usage); });
  each(find(2, "memory"), [&](Reader reader) { read_v2_memory(reader, peak_.get(), usage); });
  each(find(1, "memory"), [&](Reader reader) { read_v1_memory(reader, usage); });
  each(find(2, "pids"), [&](Reader reader) { read_pids(reader, usage); });
  each(find(1, "pids"), [&](Reader reader) { read_pids(reader, usage); });
  each(find(2, "io"), [&](Reader reader) { set_io(parse_io_stat(reader.read("io.stat")), usage); });
  each(find(1, "blkio"), [&](Reader reader) { read_v1_io(reader, usage); });
  return usage;
}

Status Cgroup::reset_peak() {
  if (const Open* v1 = find(1, "memory"); v1 != nullptr) {
    const int failed = sys::write_pseudo(v1->directory.get(), "memory.max_usage_in_bytes", "0");
    if (failed != 0) return Error::from_errno("reset memory.max_usage_in_bytes", failed);
    return {};
  }
  const Open* v2 = find(2, "memory");
  if (v2 == nullptr)
    return Error(ErrorCode::unsupported, "reset the memory peak: no memory controller is used");
  UniqueFd peak(sys::try_open_at(v2->directory.get(), "memory.peak", O_RDWR));
  if (!peak.valid() || sys::write_pseudo_fd(peak.get(), "reset") != 0) {
    return Error(ErrorCode::unsupported, "reset the memory peak: this kernel can't (it needs Linux 6.12)");
  }
  peak_ = std::move(peak);
  return {};
}

}  // namespace cove::cgroup
