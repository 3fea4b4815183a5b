"""What was sold, on what, and what became of it: a module for each, one name for all."""

from __future__ import annotations

from sales.models.bank import (
    CLAIMED_METHODS,
    BankFormat,
    BankLine,
    BankMatch,
    BankStatement,
    BankWithdrawal,
    PaymentCheck,
)
from sales.models.closing import (
    CashMovement,
    CloseAmendment,
    DayClose,
    DayCloseQuerySet,
    DrawerHead,
    HeldClosing,
)
from sales.models.ledger import EReceipt, LedgerHead, Payment, Sale, SaleLine, SaleQuerySet
from sales.models.review import HeldSale, SaleFlag
from sales.models.running import RunningTotal
from sales.models.settlements import Settlement, SettlementHead, SettlementLine
from sales.models.tills import Cashier, CashierQuerySet, PairingCode, Tablet, Till
from sales.models.vouchers import (
    Voucher,
    VoucherBatch,
    VoucherEntry,
    VoucherQuerySet,
    VoucherRules,
    VoucherShare,
)

__all__ = [
    "CLAIMED_METHODS",
    "BankFormat",
    "BankLine",
    "BankMatch",
    "BankStatement",
    "BankWithdrawal",
    "CashMovement",
    "Cashier",
    "CashierQuerySet",
    "CloseAmendment",
    "DayClose",
    "DayCloseQuerySet",
    "DrawerHead",
    "EReceipt",
    "HeldClosing",
    "HeldSale",
    "LedgerHead",
    "PairingCode",
    "Payment",
    "PaymentCheck",
    "RunningTotal",
    "Sale",
    "SaleFlag",
    "SaleLine",
    "SaleQuerySet",
    "Settlement",
    "SettlementHead",
    "SettlementLine",
    "Tablet",
    "Till",
    "Voucher",
    "VoucherBatch",
    "VoucherEntry",
    "VoucherQuerySet",
    "VoucherRules",
    "VoucherShare",
]
