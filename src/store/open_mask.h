// Layers' files are made with their modes at once. Internal to this module, and for who unpacks in its name.
#pragma once

#include "sys/process.h"

namespace cove::store {

// A file mode creation mask of 0, for all threads, while it lives.
class OpenMask {
 public:
  OpenMask() : before_(sys::current_umask()) { sys::set_umask(0); }
  ~OpenMask() { sys::set_umask(before_); }
  OpenMask(const OpenMask&) = delete;
  OpenMask& operator=(const OpenMask&) = delete;

 private:
  mode_t before_;
};

}  // namespace cove::store
