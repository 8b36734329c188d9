#include "core/cluster/state.hpp"

#include <reel/cluster_generated.h>

#include <algorithm>
#include <tuple>

namespace reel::core {

namespace {

flatbuffers::Offset<wire::ClusterNode> write(flatbuffers::FlatBufferBuilder& builder, const cluster_node& n) {
  std::vector<flatbuffers::Offset<wire::ClusterService>> services;
  for (const auto& s : n.services) {
    services.push_back(wire::CreateClusterService(builder, builder.CreateString(s.name), s.partitions, s.hosted));
  }
  return wire::CreateClusterNode(builder, builder.CreateString(n.name), static_cast<std::uint64_t>(n.life), n.beat,
                                 n.leaving, n.lease_ms, builder.CreateString(n.fingerprint),
                                 builder.CreateVector(services), n.joined.time_since_epoch().count(), n.takeovers,
                                 n.handovers, n.fenced);
}

cluster_node read(const wire::ClusterNode& stored) {
  cluster_node n;
  n.name = stored.name()->str();
  n.life = node_life{stored.life()};
  n.beat = stored.beat();
  n.leaving = stored.leaving();
  n.lease_ms = stored.lease_ms();
  n.fingerprint = stored.fingerprint()->str();
  for (const auto* s : *stored.services()) {
    n.services.push_back({s->name()->str(), s->partitions(), s->hosted()});
  }
  n.joined = timestamp(std::chrono::nanoseconds(stored.joined()));
  n.takeovers = stored.takeovers();
  n.handovers = stored.handovers();
  n.fenced = stored.fenced();
  return n;
}

flatbuffers::Offset<wire::ClusterPartition> write(flatbuffers::FlatBufferBuilder& builder, const cluster_partition& p) {
  const auto& f = p.figures;
  return wire::CreateClusterPartition(
      builder, builder.CreateString(p.service), p.partition, static_cast<std::uint64_t>(p.owner), p.epoch,
      static_cast<std::uint64_t>(p.wanted_by), f.running, f.sequence, f.lag_frames, f.pending, f.dead_letters);
}

cluster_partition read(const wire::ClusterPartition& stored) {
  cluster_partition p;
  p.service = stored.service()->str();
  p.partition = stored.partition();
  p.owner = node_life{stored.owner()};
  p.epoch = stored.epoch();
  p.wanted_by = node_life{stored.wanted_by()};
  p.figures = {stored.running(),    p.epoch,          stored.sequence(),
               stored.lag_frames(), stored.pending(), stored.dead_letters()};
  return p;
}

template <class Partitions>
auto* find_in(Partitions& partitions, std::string_view service, std::uint32_t partition) noexcept {
  const auto it = std::find_if(partitions.begin(), partitions.end(),
                               [&](const auto& p) { return p.partition == partition && p.service == service; });
  return it == partitions.end() ? nullptr : &*it;
}

template <class Nodes>
auto* find_in(Nodes& nodes, node_life life) noexcept {
  const auto it = std::find_if(nodes.begin(), nodes.end(), [&](const auto& n) { return n.life == life; });
  return it == nodes.end() ? nullptr : &*it;
}

} // namespace

const cluster_service* cluster_node::find(std::string_view service) const noexcept {
  const auto it = std::find_if(services.begin(), services.end(), [&](const auto& s) { return s.name == service; });
  return it == services.end() ? nullptr : &*it;
}

bool cluster_node::hosts(std::string_view service) const noexcept {
  const auto* found = find(service);
  return found != nullptr && found->hosted;
}

const cluster_node* cluster_state::find(node_life life) const noexcept {
  return find_in(nodes, life);
}

cluster_node* cluster_state::find(node_life life) noexcept {
  return find_in(nodes, life);
}

const cluster_node* cluster_state::find_name(std::string_view name) const noexcept {
  const auto it = std::find_if(nodes.begin(), nodes.end(), [&](const auto& n) { return n.name == name; });
  return it == nodes.end() ? nullptr : &*it;
}

cluster_partition* cluster_state::find(std::string_view service, std::uint32_t partition) noexcept {
  return find_in(partitions, service, partition);
}

const cluster_partition* cluster_state::find(std::string_view service, std::uint32_t partition) const noexcept {
  return find_in(partitions, service, partition);
}

void cluster_state::remove(node_life life) {
  std::erase_if(nodes, [&](const auto& n) { return n.life == life; });
  for (auto& p : partitions) {
    if (p.owner == life) {
      p.owner = node_life::nobody;
      p.figures.running = false;
    }
    p.wanted_by = p.wanted_by == life ? node_life::nobody : p.wanted_by;
  }
}

void cluster_state::add_partitions(const cluster_service& service) {
  for (std::uint32_t i = 0; i < service.partitions; ++i) {
    if (find(service.name, i) == nullptr) {
      auto& added = partitions.emplace_back();
      added.service = service.name;
      added.partition = i;
    }
  }
  std::sort(partitions.begin(), partitions.end(), [](const auto& a, const auto& b) {
    return std::tie(a.service, a.partition) < std::tie(b.service, b.partition);
  });
}

std::vector<std::byte> encode(const cluster_state& state) {
  flatbuffers::FlatBufferBuilder builder;
  std::vector<flatbuffers::Offset<wire::ClusterNode>> nodes;
  for (const auto& n : state.nodes) {
    nodes.push_back(write(builder, n));
  }
  std::vector<flatbuffers::Offset<wire::ClusterPartition>> partitions;
  for (const auto& p : state.partitions) {
    partitions.push_back(write(builder, p));
  }
  builder.Finish(wire::CreateCluster(builder, builder.CreateVector(nodes), builder.CreateVector(partitions)));
  const auto* first = reinterpret_cast<const std::byte*>(builder.GetBufferPointer());
  return {first, first + builder.GetSize()};
}

expected<cluster_state> decode_cluster(bytes_view bytes) {
  flatbuffers::Verifier verifier(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  if (!wire::VerifyClusterBuffer(verifier)) {
    return fail(errc::corrupt, "a record of the cluster's journal is damaged");
  }
  const auto& stored = *wire::GetCluster(bytes.data());
  cluster_state state;
  for (const auto* n : *stored.nodes()) {
    state.nodes.push_back(read(*n));
  }
  for (const auto* p : *stored.partitions()) {
    state.partitions.push_back(read(*p));
  }
  return state;
}

} // namespace reel::core
