module ppo_risk

go 1.19
