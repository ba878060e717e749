#include "launch/progress.h"

#include <new>

#include "sys/memory.h"

namespace cove::launch {

Result<ProgressPage> ProgressPage::create() {
  ProgressPage page;
  page.page_ = new (COVE_TRY(sys::map_shared(sizeof(Progress)))) Progress{};
  return page;
}

ProgressPage::~ProgressPage() {
  if (page_ != nullptr) sys::unmap(page_, sizeof(Progress));
}

}  // namespace cove::launch
