#include "runtime/cluster.hpp"

#include <ctime>

namespace reel::runtime {

core::member_options member_options_of(const std::string& node_name, const plan& plan, const cluster_options& options) {
  core::member_options member;
  member.name = node_name;
  member.lease = options.lease;
  member.beat_every = options.lease / 3;
  member.fingerprint = options.fingerprint;
  member.disagreement = options.disagreement;
  for (const auto& service : plan.services) {
    member.services.push_back({service.info.name, static_cast<std::uint32_t>(service.journals.size()), service.hosted});
  }
  return member;
}

std::chrono::nanoseconds boot_time() {
  timespec time{};
  clock_gettime(CLOCK_BOOTTIME, &time); // cannot fail: the clock exists and the address is good
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

} // namespace reel::runtime
