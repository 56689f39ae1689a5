module ppo.risk/pporisk

go 1.19
