"""The month of `kvitt run`: published, waited for, read back, compared, printed. Knows no service's
code, only HTTP and Kafka.
"""
