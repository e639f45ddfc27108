// The floor of every process: a static program that does nothing.
int main() { return 0; }
