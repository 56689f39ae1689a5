"""One PPO update in JAX (float64) of each network, to compare ours with: GAE, value targets, losses, new parameters after two
epochs of two minibatches. Written from Schulman et al. 2016 and 2017 and Kingma and Ba 2015, independently of the library.

usage: python make_ppo_update.py > ppo_update.json      (needs jax and numpy)
"""
import json

import jax
import jax.numpy as jnp
import numpy as np

jax.config.update("jax_enable_x64", True)
rng = np.random.default_rng(7)
A, H, T, E = 3, 8, 6, 4  # two assets and cash
BARS, EMBEDDING, HEADS = 5, 6, 2  # of the attention; a bar has the asset's return and one column
GAMMA, LAMBDA, CLIP, VF, ENT, LR, EPS, NORM = 0.97, 0.9, 0.2, 0.5, 0.01, 3e-3, 1e-5, 0.5


def f32(x):
    return np.asarray(x, np.float32).astype(np.float64)


def shapes(network):
    """The parameters in order; and the length of a state."""
    state, inputs, scores, first = 7, 7, A, []
    if network != "mlp":
        state, inputs, scores = 8, 8, 1  # with a column; of a row: three own numbers, cash or not, two means, cash, the column
    if network == "attention":
        state += 3 * BARS
        d = EMBEDDING
        first = [("embedding.weight", (d, 2)), ("embedding.bias", (d,)), ("query.weight", (d, d)), ("key.weight", (d, d)),
                 ("value.weight", (d, d)), ("age.bias", (HEADS, BARS))]
        inputs += d
    return first + [
        ("trunk.0.weight", (H, inputs)), ("trunk.0.bias", (H,)), ("trunk.1.weight", (H, H)), ("trunk.1.bias", (H,)),
        ("actor.weight", (scores, H)), ("actor.bias", (scores,)), ("critic.weight", (1, H)), ("critic.bias", (1,)),
        ("baseline.weight", (1, H)), ("baseline.bias", (1,))], state


def rows_of(p, network, x):
    """The rows [A, inputs] that a state [S] is for a network which scores each: an asset's own numbers, and the market's."""
    w, r, v, cash, rest = x[0:2], x[2:4], x[4:6], x[6], x[7:]
    market = jnp.array([r.mean(), v.mean(), cash, rest[-1]])
    own = [jnp.array([w[i], r[i], v[i], 0.0]) for i in range(2)] + [jnp.array([cash, 0.0, 0.0, 1.0])]
    rows = jnp.stack([jnp.concatenate([one, market]) for one in own])
    if network != "attention":
        return rows
    bars = rest[:3 * BARS].reshape(BARS, 3)[::-1]  # the oldest first: two returns and the column
    returns = [bars[:, 0], bars[:, 1], jnp.zeros(BARS)]
    context = []
    for own in returns:
        e = jnp.tanh(jnp.stack([own, bars[:, 2]], axis=1) @ p["embedding.weight"].T + p["embedding.bias"])
        q, k, v = e[-1] @ p["query.weight"].T, e @ p["key.weight"].T, e @ p["value.weight"].T
        d = EMBEDDING // HEADS
        heads = [slice(h * d, (h + 1) * d) for h in range(HEADS)]
        context.append(jnp.concatenate([
            jax.nn.softmax(k[:, head] @ q[head] / np.sqrt(d) + p["age.bias"][h]) @ v[:, head]
            for h, head in enumerate(heads)]))
    return jnp.concatenate([rows, jnp.stack(context)], axis=1)


def run(p, network, x):
    if network != "mlp":
        x = jax.vmap(lambda state: rows_of(p, network, state))(x)
    h = jnp.tanh(jnp.tanh(x @ p["trunk.0.weight"].T + p["trunk.0.bias"]) @ p["trunk.1.weight"].T + p["trunk.1.bias"])
    head = lambda name, h: h @ p[name + ".weight"].T + p[name + ".bias"]
    if network == "mlp":
        return head("actor", h), head("critic", h)[:, 0], head("baseline", h)[:, 0]
    mean = h.mean(axis=1)
    return head("actor", h)[:, :, 0], head("critic", mean)[:, 0], head("baseline", mean)[:, 0]


def log_prob_entropy(kind, p, scores, log_prior, actions):
    if kind == "gaussian":
        s = jnp.broadcast_to(p["log_std"], (A,))
        terms = -0.5 * ((actions - scores) / jnp.exp(s)) ** 2 - s - 0.5 * np.log(2 * np.pi)
        return terms.sum(1), jnp.full(len(scores), (s + 0.5 * np.log(2 * np.pi * np.e)).sum())
    alpha = jnp.exp(p["log_kappa"]) * jax.nn.softmax(scores + log_prior, axis=1)
    total, g = alpha.sum(1), jax.scipy.special.gammaln
    lp = g(total) - g(alpha).sum(1) + ((alpha - 1) * jnp.log(actions)).sum(1)
    d = jax.scipy.special.digamma
    ent = g(alpha).sum(1) - g(total) + (total - A) * d(total) - ((alpha - 1) * d(alpha)).sum(1)
    return lp, ent


def gae(r, v, nv, terminated, truncated):
    adv = np.zeros_like(r)
    for e in range(E):  # the sum of the definition, not the recursion
        for t in range(T):
            total, weight = 0.0, 1.0
            for k in range(t, T):
                total += weight * (r[k, e] + GAMMA * nv[k, e] * (1 - terminated[k, e]) - v[k, e])
                if terminated[k, e] or truncated[k, e]:
                    break
                weight *= GAMMA * LAMBDA
            adv[t, e] = total
    return adv


def case(kind, clip_range_vf, self_critical, network="mlp"):
    tensors, S = shapes(network)
    p = {name: f32(rng.normal(0, 0.5, shape)) for name, shape in tensors}
    spreads = A if network == "mlp" else 1
    p.update({"log_std": f32(rng.normal(-0.7, 0.2, spreads))} if kind == "gaussian" else {"log_kappa": f32(np.array([2.0]))})
    states = f32(rng.normal(size=(T * E, S)))
    log_prior = f32(np.log(rng.dirichlet(np.ones(A), T * E)))
    actions = f32(rng.normal(size=(T * E, A)) if kind == "gaussian" else rng.dirichlet(2 * np.ones(A), T * E))
    old = {k: v + f32(rng.normal(0, 0.05, v.shape)) for k, v in p.items()}  # the policy that acted was another one
    scores, values, _ = run(old, network, states)
    old_log_prob, _ = log_prob_entropy(kind, old, scores, log_prior, actions)
    old_log_prob, values = f32(old_log_prob), f32(values)
    rewards = f32(rng.normal(size=(T, E)))
    baseline_rewards = f32(rng.normal(size=T * E))
    next_values = f32(rng.normal(size=(T, E)))
    terminated, truncated = rng.random((T, E)) < 0.15, rng.random((T, E)) < 0.2
    truncated &= ~terminated
    advantages = gae(rewards, values.reshape(T, E), next_values, terminated, truncated)
    returns = f32(advantages.ravel() + values)
    stored = f32(advantages.ravel())

    def loss(p, i):
        sc, v, b = run(p, network, states[i])
        lp, ent = log_prob_entropy(kind, p, sc, log_prior[i], actions[i])
        a = stored[i]
        a = (a - a.mean()) / (a.std(ddof=1) + 1e-8)
        ratio = jnp.exp(lp - old_log_prob[i])
        policy = -jnp.minimum(ratio * a, jnp.clip(ratio, 1 - CLIP, 1 + CLIP) * a).mean()
        if clip_range_vf is not None:
            v = values[i] + jnp.clip(v - values[i], -clip_range_vf, clip_range_vf)
        value = ((v - returns[i]) ** 2).mean()
        base = ((b - baseline_rewards[i]) ** 2).mean()
        kl = ((ratio - 1) - (lp - old_log_prob[i])).mean()
        clipped = (jnp.abs(ratio - 1) > CLIP).mean()
        total = policy + VF * value + (VF * base if self_critical else 0.0) - ENT * ent.mean()
        return total, (policy, value, base, ent.mean(), kl, clipped)

    minibatches = [rng.permutation(T * E).reshape(2, -1).tolist() for _ in range(2)]
    m = {k: np.zeros_like(v) for k, v in p.items()}
    s = {k: np.zeros_like(v) for k, v in p.items()}
    q, figures, step, gradient = {k: jnp.asarray(v) for k, v in p.items()}, [], 0, None
    for epoch in minibatches:
        for rows in epoch:
            (_, aux), g = jax.value_and_grad(loss, has_aux=True)(q, np.array(rows))
            norm = np.sqrt(sum(float((x ** 2).sum()) for x in g.values()))
            gradient = gradient or g
            figures.append([float(x) for x in aux] + [norm])
            scale, step = min(1.0, NORM / (norm + 1e-6)), step + 1
            for k in q:
                d = g[k] * scale
                m[k] = 0.9 * m[k] + 0.1 * d
                s[k] = 0.999 * s[k] + 0.001 * d * d
                q[k] = q[k] - LR * (m[k] / (1 - 0.9 ** step)) / (jnp.sqrt(s[k] / (1 - 0.999 ** step)) + EPS)
    flat = lambda d: np.concatenate([np.asarray(d[k]).ravel() for k in d]).tolist()
    return dict(network=network, kind=kind, clip_range_vf=clip_range_vf, self_critical=self_critical, parameters=flat(p),
                states=states.ravel().tolist(), log_priors=log_prior.ravel().tolist(), actions=actions.ravel().tolist(),
                log_probs=old_log_prob.tolist(), values=values.tolist(), rewards=rewards.ravel().tolist(),
                baseline_rewards=baseline_rewards.tolist(), next_values=next_values.ravel().tolist(),
                terminated=terminated.ravel().tolist(), truncated=truncated.ravel().tolist(),
                minibatches=[rows for epoch in minibatches for rows in epoch],
                advantages=advantages.ravel().tolist(), returns=(advantages.ravel() + values).tolist(),
                figures=figures, gradient=flat({k: gradient[k] for k in p}), new_parameters=flat(q))


print(json.dumps(dict(
    n_envs=E, n_steps=T, bars=BARS, embedding=EMBEDDING, heads=HEADS, action_len=A, hidden=[H, H], gamma=GAMMA, gae_lambda=LAMBDA, clip_range=CLIP,
    vf_coef=VF, ent_coef=ENT, learning_rate=LR, adam_eps=EPS, max_grad_norm=NORM,
    cases=[case("gaussian", None, False), case("gaussian", 0.2, True), case("dirichlet", None, True),
           case("gaussian", None, True, "scorer"), case("gaussian", 0.2, True, "attention"),
           case("dirichlet", None, False, "attention")])))
