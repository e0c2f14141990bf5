"""Greatest common divisors."""


def gcd(a: int, b: int) -> int:
    """The largest number that divides both, by Euclid's algorithm; gcd(0, 0) is 0."""
    a, b = abs(a), abs(b)
    while b:
        a, b = b, a % b
    return a


def lcm(a: int, b: int) -> int:
    """The smallest number that both divide; 0 where one of them is 0."""
    divisor = gcd(a, b)
    return abs(a // divisor * b) if divisor else 0


if __name__ == "__main__":
    for pair in [(12, 18), (17, 5), (0, 9)]:
        print(pair, gcd(*pair), lcm(*pair))
