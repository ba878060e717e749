#include "kernel/cgroup/container_writes.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "base/strings.h"
#include "kernel/cgroup/container_writer.h"
#include "kernel/cgroup/limits.h"

namespace cove::cgroup {
namespace {

Status write_pids(Writer& out) {
  const int64_t limit = out.resources().pids_limit.value_or(0);
  if (limit != 0) out.put("pids.limit", "pids.max", limit_text(limit, false));
  return {};
}

// With the bfq scheduler the weights have files of their own.
void write_weight(Writer& out, std::string_view field, std::string_view device, uint16_t weight) {
  const bool v1 = out.v1();
  const std::string_view suffix = v1 && !device.empty() ? "_device" : "";
  const auto text = [&](uint64_t number) {
    return device.empty() ? fmt::format("{}", number) : fmt::format("{} {}", device, number);
  };
  out.put(field, fmt::format("{}.bfq.weight{}", v1 ? "blkio" : "io", suffix), text(weight),
          IfMissing::try_next);
  out.put(field, fmt::format("{}.weight{}", v1 ? "blkio" : "io", suffix),
          text(v1 ? weight : io_weight_from_blkio(weight)));
}

void write_throttle(Writer& out, std::string_view field, const std::vector<BlockThrottle>& devices,
                    std::string_view v1_file, std::string_view v2_key) {
  for (const BlockThrottle& device : devices) {
    const std::string number = fmt::format("{}:{}", device.major, device.minor);
    if (out.v1()) {
      out.put(field, std::string(v1_file), fmt::format("{} {}", number, device.rate));
    } else if (device.rate == 0) {
      out.put(field, "io.max", fmt::format("{} {}=max", number, v2_key));
    } else {
      out.put(field, "io.max", fmt::format("{} {}={}", number, v2_key, device.rate));
    }
  }
}

Status write_block_io(Writer& out) {
  const BlockIoResources& io = out.resources().block_io;
  if (io.weight.value_or(0) != 0) write_weight(out, "blockIO.weight", "", *io.weight);
  if (io.leaf_weight.value_or(0) != 0)
    out.put("blockIO.leafWeight", "blkio.leaf_weight", uint64_t{*io.leaf_weight});
  for (const BlockWeight& device : io.weight_device) {
    const std::string number = fmt::format("{}:{}", device.major, device.minor);
    if (device.weight.value_or(0) != 0)
      write_weight(out, "blockIO.weightDevice.weight", number, *device.weight);
    if (device.leaf_weight.value_or(0) == 0) continue;
    if (!out.v1()) {
      return Error(ErrorCode::limit_unenforceable,
                   "linux.resources.blockIO.weightDevice.leafWeight: cgroup v2 has no such setting");
    }
    out.put("blockIO.weightDevice.leafWeight", "blkio.leaf_weight_device",
            fmt::format("{} {}", number, *device.leaf_weight));
  }
  write_throttle(out, "blockIO.throttleReadBpsDevice", io.throttle_read_bps, "blkio.throttle.read_bps_device",
                 "rbps");
  write_throttle(out, "blockIO.throttleWriteBpsDevice", io.throttle_write_bps,
                 "blkio.throttle.write_bps_device", "wbps");
  write_throttle(out, "blockIO.throttleReadIOPSDevice", io.throttle_read_iops,
                 "blkio.throttle.read_iops_device", "riops");
  write_throttle(out, "blockIO.throttleWriteIOPSDevice", io.throttle_write_iops,
                 "blkio.throttle.write_iops_device", "wiops");
  return {};
}

Status write_hugetlb(Writer& out) {
  const std::string_view last = out.v1() ? "limit_in_bytes" : "max";
  for (const HugepageLimit& limit : out.resources().hugepage_limits) {
    const std::string value = fmt::format("{}", limit.limit);
    out.put("hugepageLimits", fmt::format("hugetlb.{}.{}", limit.page_size, last), value);
    // So that mmap(2) fails, where otherwise the first touch would end in SIGBUS. Linux 5.7.
    out.put("hugepageLimits", fmt::format("hugetlb.{}.rsvd.{}", limit.page_size, last), value,
            IfMissing::skip);
  }
  return {};
}

Status write_net_cls(Writer& out) {
  const uint32_t class_id = out.resources().network.class_id.value_or(0);
  if (class_id != 0) out.put("network.classID", "net_cls.classid", uint64_t{class_id});
  return {};
}

Status write_net_prio(Writer& out) {
  for (const InterfacePriority& priority : out.resources().network.priorities) {
    out.put("network.priorities", "net_prio.ifpriomap",
            fmt::format("{} {}", priority.name, priority.priority));
  }
  return {};
}

Status write_rdma(Writer& out) {
  for (const RdmaLimit& limit : out.resources().rdma) {
    std::string text = limit.device;
    if (limit.hca_handles) text += fmt::format(" hca_handle={}", *limit.hca_handles);
    if (limit.hca_objects) text += fmt::format(" hca_object={}", *limit.hca_objects);
    if (text != limit.device) out.put("rdma", "rdma.max", std::move(text));
  }
  return {};
}

struct Controller {
  std::string_view name;
  Status (*write)(Writer& out);
};
constexpr std::array kControllers{
    Controller{"memory", write_memory},   Controller{"cpu", write_cpu},
    Controller{"cpuset", write_cpuset},   Controller{"pids", write_pids},
    Controller{"blkio", write_block_io},  Controller{"hugetlb", write_hugetlb},
    Controller{"net_cls", write_net_cls}, Controller{"net_prio", write_net_prio},
    Controller{"rdma", write_rdma},
};

}  // namespace

Status append_container_writes(std::string_view controller, const Resources& resources,
                               const WritesContext& context, std::vector<Write>& writes,
                               std::vector<std::string>& notes) {
  Writer out(resources, context, writes, notes);
  for (const Controller& known : kControllers) {
    if (known.name == controller) return known.write(out);
  }
  return {};
}

void append_unified_writes(const Resources& resources, size_t directory, std::vector<Write>& writes) {
  for (const auto& [file, value] : resources.unified) {
    // A file with a line per device, as io.max, takes one at a time.
    std::string_view rest = value;
    if (rest.empty()) writes.push_back({directory, file, "", "linux.resources.unified", IfMissing::fail});
    while (const auto line = next_line(rest)) {
      writes.push_back({directory, file, std::string(*line), "linux.resources.unified", IfMissing::fail});
    }
  }
}

}  // namespace cove::cgroup
