"""What the log says of inquiries."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0004_attempts"),
    ]

    operations = [
        migrations.AlterField(
            model_name="event",
            name="kind",
            field=models.CharField(
                choices=[
                    ("imported", "data diimpor"),
                    ("price_changed", "harga diubah"),
                    ("stock_changed", "stok diubah"),
                    ("offer_withdrawn", "barang ditarik"),
                    ("order_changed", "urutan barang diubah"),
                    ("tablet_paired", "tablet dipasangkan"),
                    ("tablet_revoked", "tablet dicabut"),
                    ("pin_changed", "PIN petugas diubah"),
                    ("held_decided", "penjualan ditahan diputuskan"),
                    ("flag_settled", "tanda periksa diselesaikan"),
                    ("reversed", "penjualan dibatalkan panitia"),
                    ("day_closed", "kasir ditutup"),
                    ("close_amended", "tutup kasir ditambah"),
                    ("vouchers_made", "voucher dibuat"),
                    ("vouchers_printed", "kode voucher dicetak"),
                    ("voucher_issued", "voucher diserahkan"),
                    ("voucher_voided", "voucher dihapuskan"),
                    ("voucher_released", "voucher dilepas panitia"),
                    ("voucher_rules_changed", "aturan voucher diubah"),
                    ("vouchers_settled", "voucher dilunasi"),
                    ("bank_imported", "mutasi bank diterima"),
                    ("bank_checked", "pembayaran dicocokkan"),
                    ("product_judged", "kurasi produk diputuskan"),
                    ("photos_imported", "foto diimpor"),
                    ("ledger_verified", "buku penjualan diperiksa"),
                    ("digest_printed", "sidik hari dicetak"),
                    ("inquiry_moved", "minat kerja sama ditindaklanjuti"),
                    ("inquiries_anonymised", "data diri peminat dihapus"),
                ],
                max_length=40,
                verbose_name="jenis",
            ),
        ),
    ]
