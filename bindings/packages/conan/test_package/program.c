#include <ppo_risk.h>
#include <stdio.h>

int main(void) { return printf("ppo_risk %s\n", ppo_version()) < 0; }
