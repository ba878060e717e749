// linux.intelRdt: the container's class of cache and memory bandwidth, for as long as it lives. Called by the
// process that the user started.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "base/result.h"
#include "kernel/resctrl/resctrl.h"
#include "runtime/store.h"
#include "spec/runtime_spec.h"

namespace cove::runtime {

// What the configuration asks for; nothing if it does not. Pure.
std::optional<resctrl::Request> rdt_request(const spec::Spec& spec, std::string_view id);

class RdtClass {
 public:
  // Nothing is made yet. ErrorCode::unsupported: the machine has no such classes.
  static Result<RdtClass> plan(const resctrl::Request& request);

  // The directory of the class or of the monitoring group that is the container's alone, for the record;
  // empty: neither.
  [[nodiscard]] std::string group() const;
  Status create() { return files_.create(placement_, request_); }
  Status join(pid_t pid) { return files_.join(placement_, pid); }
  Status remove() { return files_.remove(placement_); }

 private:
  RdtClass(resctrl::FileSystem files, resctrl::Placement placement, resctrl::Request request)
      : files_(std::move(files)), placement_(std::move(placement)), request_(std::move(request)) {}

  resctrl::FileSystem files_;
  resctrl::Placement placement_;
  resctrl::Request request_;
};

// Removes what Record::intel_rdt_group tells of; nothing to do if it is empty.
Status remove_rdt_group(const Record& record, const spec::Spec& spec);

}  // namespace cove::runtime
