#include "core/cluster/balance.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>

namespace reel::core {

namespace {

/// A node in the calculation.
struct host {
  node_life life = node_life::nobody;
  std::string_view name;
  std::size_t load = 0; ///< what it should own, of all services
};

/// One service in the calculation. The vectors run over `hosts`.
struct share {
  std::vector<std::size_t> partitions; ///< indices in cluster_state::partitions
  std::vector<std::size_t> hosts;      ///< indices in the list of hosts
  std::vector<std::size_t> owned;      ///< what each one owns now
  std::vector<std::size_t> quota;      ///< what each one should own
};

constexpr auto nowhere = static_cast<std::size_t>(-1);

std::size_t place_of(const std::vector<std::size_t>& in, std::size_t value) {
  const auto it = std::find(in.begin(), in.end(), value);
  return it == in.end() ? nowhere : static_cast<std::size_t>(it - in.begin());
}

class balance {
public:
  explicit balance(const cluster_state& state) : state_(&state) {
    for (const auto& n : state.nodes) {
      if (!n.leaving) {
        hosts_.push_back({n.life, n.name, 0});
      }
    }
    std::sort(hosts_.begin(), hosts_.end(),
              [](const host& a, const host& b) { return std::tie(a.name, a.life) < std::tie(b.name, b.life); });
    for (std::size_t i = 0; i < state.partitions.size(); ++i) {
      shares_[state.partitions[i].service].partitions.push_back(i);
    }
    for (auto& [service, s] : shares_) {
      find_hosts(service, s);
    }
  }

  [[nodiscard]] std::vector<node_life> owners() {
    for (auto& [service, s] : shares_) {
      give_quotas(s);
    }
    while (exchange()) {
    }
    std::vector<node_life> result(state_->partitions.size(), node_life::nobody);
    for (const auto& [service, s] : shares_) {
      assign(s, result);
    }
    return result;
  }

private:
  void find_hosts(std::string_view service, share& s) const {
    for (std::size_t h = 0; h < hosts_.size(); ++h) {
      if (state_->find(hosts_[h].life)->hosts(service)) {
        s.hosts.push_back(h);
        s.owned.push_back(0);
      }
    }
    for (const auto p : s.partitions) {
      if (const auto at = place_of(s.hosts, host_of(state_->partitions[p].owner)); at != nowhere) {
        ++s.owned[at];
      }
    }
  }

  [[nodiscard]] std::size_t host_of(node_life life) const {
    const auto it = std::find_if(hosts_.begin(), hosts_.end(), [&](const host& h) { return h.life == life; });
    return it == hosts_.end() ? nowhere : static_cast<std::size_t>(it - hosts_.begin());
  }

  // Everybody gets the same; what is left over goes to those who own most already, so that least has to move.
  void give_quotas(share& s) {
    if (s.hosts.empty()) {
      return;
    }
    const auto base = s.partitions.size() / s.hosts.size();
    auto left = s.partitions.size() % s.hosts.size();
    std::vector<std::size_t> order(s.hosts.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
      order[i] = i;
    }
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return s.owned[a] != s.owned[b] ? s.owned[a] > s.owned[b] : hosts_[s.hosts[a]].load < hosts_[s.hosts[b]].load;
    });
    s.quota.assign(s.hosts.size(), base);
    for (const auto i : order) {
      s.quota[i] += left > 0 ? 1 : 0;
      left -= left > 0 ? 1 : 0;
      hosts_[s.hosts[i]].load += s.quota[i];
    }
  }

  // Moves one partition's quota from a node to another one that should own at least two less in all. False when
  // there is none: each move makes the loads more even, so it ends.
  bool exchange() {
    std::tuple<std::size_t, share*, std::size_t, std::size_t> best{1, nullptr, 0, 0};
    for (auto& [service, s] : shares_) {
      for (std::size_t from = 0; from < s.hosts.size(); ++from) {
        for (std::size_t to = 0; to < s.hosts.size(); ++to) {
          const auto more = hosts_[s.hosts[from]].load;
          const auto less = hosts_[s.hosts[to]].load;
          if (s.quota[from] > s.quota[to] && more > less && more - less > std::get<0>(best)) {
            best = {more - less, &s, from, to};
          }
        }
      }
    }
    const auto [difference, s, from, to] = best;
    if (s == nullptr) {
      return false;
    }
    --s->quota[from];
    ++s->quota[to];
    --hosts_[s->hosts[from]].load;
    ++hosts_[s->hosts[to]].load;
    return true;
  }

  // Each node keeps what it owns up to its quota; what others ask for already is given away first.
  void assign(const share& s, std::vector<node_life>& result) const {
    std::vector<std::size_t> room = s.quota;
    std::vector<std::size_t> pool;
    for (const bool wanted : {false, true}) {
      for (const auto p : s.partitions) {
        const auto& partition = state_->partitions[p];
        if ((partition.wanted_by != node_life::nobody) != wanted) {
          continue;
        }
        const auto at = place_of(s.hosts, host_of(partition.owner));
        if (at != nowhere && room[at] > 0) {
          --room[at];
          result[p] = partition.owner;
        } else {
          pool.push_back(p);
        }
      }
    }
    for (const bool only_wanted : {true, false}) {
      for (const auto p : pool) {
        give(s, p, only_wanted, room, result);
      }
    }
  }

  void give(const share& s, std::size_t partition, bool only_wanted, std::vector<std::size_t>& room,
            std::vector<node_life>& result) const {
    if (result[partition] != node_life::nobody) {
      return;
    }
    const auto asking = place_of(s.hosts, host_of(state_->partitions[partition].wanted_by));
    for (std::size_t i = 0; i < s.hosts.size(); ++i) {
      if (room[i] > 0 && (!only_wanted || i == asking)) {
        --room[i];
        result[partition] = hosts_[s.hosts[i]].life;
        return;
      }
    }
  }

  const cluster_state* state_;
  std::vector<host> hosts_;
  std::map<std::string_view, share> shares_;
};

} // namespace

std::vector<node_life> balanced_owners(const cluster_state& state) {
  return balance(state).owners();
}

} // namespace reel::core
